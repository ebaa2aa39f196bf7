// The console's addresses. Pages are loaded when they are first opened.
import { ref } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { hangsOnWall, recall, startPage, user } from './session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Numbers, names, words or recordings of citizens stand there, or accounts: it bears the watermark. */
    marked?: true
  }
}
const MARKED = { marked: true } as const

/** The address of a page whose code could not be fetched: no network, or a new release. */
export const lostPage = ref<string | null>(null)

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/login', name: 'login', component: () => import('./pages/LoginPage.vue') },
    { path: '/welcome', name: 'welcome', component: () => import('./pages/WelcomePage.vue') },
    { path: '/wall', name: 'wall', component: () => import('./pages/WallPage.vue') },
    {
      path: '/',
      component: () => import('./components/AppShell.vue'),
      children: [
        // Which page that is, is known once the user is: the guard below.
        { path: '', name: 'start', component: () => import('./pages/MissingPage.vue') },
        { path: 'desk', name: 'desk', meta: MARKED, component: () => import('./pages/DeskPage.vue') },
        {
          path: 'calls/:callId?',
          name: 'calls',
          meta: MARKED,
          component: () => import('./pages/CallsPage.vue'),
          props: true,
        },
        { path: 'floor', name: 'floor', meta: MARKED, component: () => import('./pages/FloorPage.vue') },
        { path: 'seats', name: 'seats', component: () => import('./pages/SeatsPage.vue') },
        {
          path: 'orders/:orderId?',
          name: 'orders',
          meta: MARKED,
          component: () => import('./pages/OrdersPage.vue'),
          props: true,
        },
        {
          path: 'recordings/:recordingId?',
          name: 'recordings',
          meta: MARKED,
          component: () => import('./pages/RecordingsPage.vue'),
          props: true,
        },
        {
          path: 'callbacks',
          name: 'callbacks',
          meta: MARKED,
          component: () => import('./pages/CallbacksPage.vue'),
        },
        {
          path: 'messages/:messageId?',
          name: 'messages',
          meta: MARKED,
          component: () => import('./pages/MessagesPage.vue'),
          props: true,
        },
        {
          path: 'rules/:kind?',
          name: 'rules',
          component: () => import('./pages/RulesPage.vue'),
          props: true,
        },
        {
          path: 'prompts/:code?',
          name: 'prompts',
          component: () => import('./pages/PromptsPage.vue'),
          props: true,
        },
        {
          path: 'samples/:sampleId?',
          name: 'samples',
          meta: MARKED,
          component: () => import('./pages/SamplesPage.vue'),
          props: true,
        },
        { path: 'quality', name: 'quality', meta: MARKED, component: () => import('./pages/QualityPage.vue') },
        { path: 'blocks', name: 'blocks', meta: MARKED, component: () => import('./pages/BlocksPage.vue') },
        { path: 'account', name: 'account', component: () => import('./pages/AccountPage.vue') },
        {
          path: 'admin',
          component: () => import('./pages/AdminPage.vue'),
          children: [
            { path: '', name: 'admin', component: () => import('./pages/admin/OverviewPage.vue') },
            { path: 'people', name: 'people', meta: MARKED, component: () => import('./pages/admin/PeoplePage.vue') },
            { path: 'seats', name: 'phones', meta: MARKED, component: () => import('./pages/admin/PhonesPage.vue') },
            { path: 'calendar', name: 'calendar', component: () => import('./pages/admin/CalendarPage.vue') },
            { path: 'audit', name: 'audit', meta: MARKED, component: () => import('./pages/admin/AuditPage.vue') },
            { path: 'doctor', name: 'doctor', component: () => import('./pages/admin/DoctorPage.vue') },
          ],
        },
        { path: 'health', name: 'health', component: () => import('./pages/HealthPage.vue') },
        { path: ':rest(.*)*', name: 'missing', component: () => import('./pages/MissingPage.vue') },
      ],
    },
  ],
})

router.beforeEach(async (to) => {
  await recall()
  // A screen on the wall comes back by itself, also when nobody answers yet; it has no other page.
  const owes = user.value?.owes ?? null
  if (to.name === 'wall' && owes === null) return true
  // A password or a second factor that is owed comes before every other page.
  if (owes !== null) return to.name === 'welcome' ? true : { name: 'welcome' }
  if (hangsOnWall.value) return { name: 'wall' }
  if (to.name === 'login' || (to.name === 'welcome' && user.value !== null)) {
    return user.value === null ? true : startPage()
  }
  if (user.value !== null) return to.name === 'start' ? startPage() : true
  return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
})

router.onError((_, to) => {
  lostPage.value = to.fullPath
})
router.afterEach(() => {
  lostPage.value = null
})
