import { createApp } from 'vue'
import Docs from './Docs.vue'
import '../style.css'

createApp(Docs).mount('#docs')
