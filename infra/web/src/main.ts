import { createApp } from 'vue'
import App from './App.vue'
import { language, setLanguage } from './i18n'
import './style.css'

setLanguage(language.value)
createApp(App).mount('#app')
