import { beforeEach, expect, it, vi } from 'vitest'

beforeEach(() => vi.resetModules())

it.each([
  [['en-US', 'zh-CN'], '', null, 'en'],
  [['zh-TW', 'en'], '', null, 'zh'],
  [['fr', 'zh-CN', 'en'], '', null, 'zh'],
  [['fr'], '', null, 'en'],
  [['en'], '', 'zh', 'zh'],
  [['zh-CN'], '?lang=en', 'zh', 'en'],
])('of a browser for %j with %j and a choice of %j the page is in %s', async (languages, search, chosen, want) => {
  vi.stubGlobal('navigator', { languages })
  vi.stubGlobal('location', { search })
  vi.stubGlobal('localStorage', { getItem: () => chosen })
  expect((await import('./i18n')).language.value).toBe(want)
})
