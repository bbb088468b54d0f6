// A server of invented answers in the API's shapes, for the browser test and for looking at the page while it is made.
// PORT (default 5199), DIST (default dist). ?state of POST /fixture: "ready", "signed-out", "empty", "no-warehouse", "down"; POST /fixture?move=532628 moves a county.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { answer, move, state } from './answers.mjs'

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

/** Starts the server on a free port of this machine, or the given one; answers its address and how to end it. */
export async function serve({ port = 0, dist = 'dist' } = {}) {
  const listeners = new Set()
  const tell = (event, data) => listeners.forEach((l) => l.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
  const json = (response, status, body) =>
    response.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(body))

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost')
    if (url.pathname === '/fixture') {
      if (url.searchParams.has('state')) state.now = url.searchParams.get('state')
      if (url.searchParams.has('move')) tell('cells', move(url.searchParams.get('move')))
      if (state.now === 'down') listeners.forEach((l) => l.destroy())
      return response.end('ok')
    }
    if (state.now === 'down' && url.pathname.startsWith('/api/')) return request.socket.destroy()
    if (url.pathname === '/api/v1/live' && state.now !== 'signed-out') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      listeners.add(response)
      response.on('close', () => listeners.delete(response))
      return response.write('event: hello\ndata: {"frontier":"70123","head":"70123"}\n\n')
    }
    if (url.pathname.startsWith('/api/') || url.pathname === '/openapi.json') {
      let body = ''
      for await (const part of request) body += part
      const { status, body: said, notice } = answer(request, url, body)
      json(response, status, said)
      if (notice) tell('cells', notice)
      return
    }
    const name = url.pathname === '/docs' ? '/docs.html' : normalize(url.pathname)
    const file = join(dist, existsSync(join(dist, name)) && statSync(join(dist, name)).isFile() ? name : 'index.html')
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    })
    createReadStream(file).pipe(response)
  })
  await new Promise((done) => server.listen(port, '127.0.0.1', done))
  return { address: `http://127.0.0.1:${server.address().port}`, end: () => (server.closeAllConnections(), server.close()) }
}

if (process.argv[1]?.endsWith('fixture.mjs')) {
  const { address } = await serve({ port: Number(process.env.PORT ?? 5199), dist: process.env.DIST ?? 'dist' })
  console.log(address)
}
