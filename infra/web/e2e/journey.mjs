// The journey of the product in a real browser against a real server that holds the demonstration:
// scoreboard → log a visit → the county's number moves without a reload. SIGN_IN_URL is the server's one-time link.
// With FROM_EMPTY the page is opened on an empty ledger first: when it stands there, this says so on its output and waits
// for a line on its input, which tells that the demonstration has been sent.
import { createInterface } from 'node:readline/promises'
import axe from 'axe-core'
import { chromium } from 'playwright-core'

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
const page = await context.newPage()
const errors = []
page.on('pageerror', (e) => errors.push(e.message))
const ours = ['net::ERR_FAILED', 'status of 409'] // what we make ourselves: a lost request, a refusal
page.on('console', (m) => m.type() === 'error' && !ours.some((o) => m.text().includes(o)) && errors.push(m.text()))

const county = '532601'
const shown = async () => (await page.getByTestId(`value-${county}`).innerText()).match(/[\d.]+|—/)[0]
const month = () => page.getByTestId('period').inputValue()
const opensOn = async (address, want) => {
  const other = await context.newPage()
  await other.goto(address)
  await other.getByTestId('period').waitFor()
  const got = await other.getByTestId('period').inputValue()
  await other.close()
  if (got !== want) throw new Error(`${address} opens on ${got}, not on ${want}`)
}
const shot = async (name) => {
  if (process.env.SCREENSHOT_DIR) await page.screenshot({ path: `${process.env.SCREENSHOT_DIR}/${name}.png` })
}

/** Notes what is wrong with the screen for people who cannot see, point or read well, and what does not fit. */
async function check(where) {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => (await window.axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`))
  for (const v of found) errors.push(`${where}: ${v}`)
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 900 })
    if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) errors.push(`${where}: wider than ${width} px`)
    if (width !== 320) await shot(`${where}-${width}`)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

const open = async (path, ready) => {
  await page.locator(`.pages a[href="${path}"]`).click()
  await page.waitForURL((url) => url.pathname === path)
  await page.getByTestId(ready).first().waitFor()
}

/** What in the plan cannot be true together, what makes a target impossible first. */
async function feasibility() {
  await open('/feasibility', 'feasibility')
  await page.getByTestId('weight-reach').locator('li', { hasText: '21,991' }).first().waitFor()
  await check('feasibility')
}

/** A county's part of the beds is adopted, refused a second time, and stands in the history. */
async function targets() {
  await open('/targets', 'target')
  await page.getByTestId('target-elder-beds').click()
  await page.getByTestId(`held-${county}`).waitFor()
  await page.getByTestId('sum').waitFor()
  await check('targets')
  const adopt = async () => {
    await page.getByTestId(`change-${county}`).click()
    await page.getByTestId('target-value').fill('3650')
    await page.getByTestId('record').click()
  }
  await adopt()
  await page.getByTestId('target-receipt').waitFor()
  await check('target-receipt')
  await page.keyboard.press('Escape')
  await page.getByTestId(`held-${county}`).getByText('3,650').waitFor()
  await page.getByTestId('changes').getByText('采纳').first().waitFor()
  await adopt()
  await page.getByTestId('target-refused').waitFor()
  await check('target-form')
  await page.keyboard.press('Escape')
}

/** A month that is not over is refused; one that is gets sealed, and counted anew it gives the same bytes. */
async function publications() {
  await open('/publications', 'publications')
  await check('no-publications')
  const month = page.getByTestId('seal-month')
  const over = await month.inputValue()
  await month.fill(new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 7))
  await page.getByTestId('seal-button').click()
  await page.getByTestId('seal-refused').waitFor()
  await month.fill(over)
  await page.getByTestId('seal-button').click()
  await page.getByTestId('seal-receipt').waitFor({ timeout: 60_000 })
  await check('publications')
  await page.getByTestId(`publication-${over}-1`).click()
  await page.getByTestId('official').locator('tbody tr').first().waitFor()
  await page.getByTestId('recompute').click()
  await page.getByTestId('compared').waitFor({ timeout: 60_000 })
  await check('publication')
}

try {
  await page.goto(process.env.SIGN_IN_URL)
  await page.getByTestId(`value-${county}`).waitFor()
  await page.evaluate(() => (window.sameDocument = true))
  if (process.env.FROM_EMPTY) {
    const input = createInterface({ input: process.stdin })
    console.log('open')
    await input[Symbol.asyncIterator]().next()
    input.close()
  }
  await page.waitForFunction(() => document.querySelector('[data-testid=period]')?.value === '2022-11', null, { timeout: 60_000 })
  await page.getByTestId('choose-monthly-visit-rate-official').click()
  // The open page and the address it wrote lead to the newest month until one is chosen; then it stays.
  if (page.url().includes('period=')) throw new Error('a month that nobody chose is in the address')
  await opensOn(page.url(), '2022-11')
  await page.getByTestId('period').fill('2022-10')
  await page.waitForURL(/period=2022-10/)
  await opensOn(page.url(), '2022-10')
  await page.getByTestId('period').fill('2022-11')
  await page.waitForFunction((c) => document.querySelector(`[data-testid=value-${c}]`)?.textContent?.includes('45.47'), county, { timeout: 60_000 })
  const before = await shown()
  await check('scoreboard')
  // Two clicks from a number to the events: the number opens its records, a record what made it count.
  await page.getByTestId(`records-${county}`).click()
  const records = page.getByTestId('records')
  await records.locator('summary').first().click()
  await records.locator('[data-testid^=event-]').first().waitFor()
  await check('records')
  await records.locator('.chip', { hasText: '比上月' }).click()
  await records.locator('.changes b').first().waitFor()
  await check('diff')
  await page.keyboard.press('Escape')
  await records.waitFor({ state: 'detached' })
  await page.getByTestId('alerts-button').click()
  const listed = await page.getByTestId('alerts-monthly-visit-rate').locator('li').count()
  if (listed !== 5) throw new Error(`${listed} counties are listed below the line of the visit rate`)
  await check('alerts')
  await page.getByTestId('alerts-button').click()

  await page.getByTestId('log-visit').click()
  await page.getByTestId('county').selectOption(county)
  // Somebody not seen in the month: page on until one is there.
  for (let i = 0; ; i++) {
    await page.getByTestId('elder').first().waitFor()
    const unseen = page.locator('[data-testid=elder]:not([data-last^="2022-11"])').first()
    if (await unseen.count()) {
      await unseen.click()
      break
    }
    if (i > 20) throw new Error('everybody was seen')
    const first = await page.getByTestId('elder').first().innerText()
    await page.getByTestId('more').click()
    await page.waitForFunction((t) => document.querySelector('[data-testid=elder]')?.innerText !== t, first)
  }
  if (!(await page.getByTestId('date').inputValue()).startsWith('2022-11')) throw new Error("the form's date is not inside the chosen month")
  await check('form')
  // The first attempt does not get through: the page sends the same visit again.
  const keys = []
  await page.route('**/visits', (route) => (keys.push(route.request().headers()['idempotency-key']) === 1 ? route.abort() : route.continue()))
  await page.getByTestId('save').click()
  await page.getByTestId('retrying').waitFor({ timeout: 5000 })
  await page.getByTestId('receipt').waitFor({ timeout: 5000 })
  if (keys.length !== 2 || keys[0] !== keys[1]) throw new Error(`the visit was sent with the keys ${keys}`)
  await page.waitForFunction(([c, b]) => parseFloat(document.querySelector(`[data-testid=value-${c}]`)?.textContent) > Number(b), [county, before], { timeout: 5000 })
  const after = await shown()
  await page.waitForFunction((t) => document.querySelector('[data-testid=moved]')?.textContent?.includes(t), `${before} → ${after}`, { timeout: 5000 })
  if (!(await page.evaluate(() => window.sameDocument))) throw new Error('the page was loaded again')
  await check('receipt')
  await page.getByTestId('visit-dialog').getByRole('button', { name: '关闭' }).first().click()
  await page.locator('.foot a').click()
  await page.waitForURL(/\/status$/)
  await page.getByTestId('silence-532601').waitFor()
  await page.getByTestId('part-warehouse').getByText('正常').waitFor()
  await check('status')
  await feasibility()
  await targets()
  await publications()
  console.log(`the county's monthly visit rate moved from ${before} to ${after} without a reload`)
} catch (e) {
  errors.push(e.message)
}
await browser.close()
if (errors.length) {
  console.error(errors.join('\n'))
  process.exit(1)
}
