import { createApp, type Component } from 'vue'
import App from './App.vue'
import { announceLanguage } from './i18n'
import './style.css'

/** The pages beside the scoreboard, by their address; each is loaded when it is opened. */
const pages: Record<string, () => Promise<{ default: Component }>> = {
  '/feasibility': () => import('./FeasibilityPage.vue'),
  '/targets': () => import('./TargetsPage.vue'),
  '/publications': () => import('./PublicationsPage.vue'),
  '/status': () => import('./StatusPage.vue'),
}

announceLanguage()
const page = (await pages[location.pathname]?.())?.default ?? App
createApp(page).mount('#app')
