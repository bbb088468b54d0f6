import { createApp } from 'vue'
import App from './App.vue'
import { language, setLanguage } from './i18n'
import './style.css'

setLanguage(language.value)
const page = location.pathname === '/status' ? (await import('./StatusPage.vue')).default : App
createApp(page).mount('#app')
