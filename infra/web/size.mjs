// The page's first load must stay within its budget: JS and CSS that index.html names, gzipped.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const hardLimit = 150_000
const html = readFileSync('dist/index.html', 'utf8')
const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1])
const total = files.reduce((sum, f) => sum + gzipSync(readFileSync(`dist/${f}`), { level: 9 }).length, 0)
console.log(`first load: ${(total / 1000).toFixed(1)} kB gzip in ${files.length} files (limit ${hardLimit / 1000} kB)`)
if (files.length === 0 || total > hardLimit) process.exit(1)
