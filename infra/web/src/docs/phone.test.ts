// The API's description fits a phone. Only a browser knows how wide a page is; where there is none, this is left out.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { expect, it } from 'vitest'
import described from '../../../httpapi/openapi.golden.json'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

it.skipIf(!existsSync(executablePath))('is no wider than a phone', { timeout: 60_000 }, async () => {
  const server = await createServer({ logLevel: 'silent', server: { host: '127.0.0.1', port: 0, watch: null, hmr: false } })
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    await server.listen()
    const page = await browser.newPage()
    await page.route('**/openapi.json', (route) => route.fulfill({ json: described }))
    await page.goto(`${server.resolvedUrls!.local[0]}docs.html`)
    await page.locator('details').first().waitFor()
    for (const open of [false, true]) {
      await page.evaluate((open) => document.querySelectorAll('details').forEach((d) => (d.open = open)), open)
      for (const width of [1440, 390, 320]) {
        await page.setViewportSize({ width, height: 900 })
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width} px, ${open ? 'open' : 'closed'}`).toBe(width)
      }
    }
  } finally {
    await browser.close()
    await server.close()
  }
})
