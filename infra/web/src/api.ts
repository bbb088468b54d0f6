import type { Problem } from './types'

/** What the server refused, or that it cannot be reached (status 0). */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code)
  }
}

const unreachable: Problem = {
  status: 0,
  code: 'unreachable',
  detail: 'The server cannot be reached; try again shortly.',
  detail_zh: '暂时连不上服务，请稍后再试。',
}

const patience = 20_000 // ms

async function answerTo(path: string, init: RequestInit | undefined, patient: number): Promise<Response> {
  let response: Response
  try {
    response = await fetch('/api/v1' + path, { ...init, signal: AbortSignal.timeout(patient) })
  } catch {
    throw new Refusal(unreachable)
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => null)) as Problem | null
    throw new Refusal(problem?.code ? problem : { ...unreachable, status: response.status })
  }
  return response
}

async function ask<T>(path: string, init?: RequestInit, patient = patience): Promise<T> {
  const response = await answerTo(path, init, patient)
  try {
    return (response.status === 204 ? undefined : await response.json()) as T
  } catch {
    throw new Refusal(unreachable) // it broke off, or took too long
  }
}

export function get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
  const text = new URLSearchParams(Object.entries(query).filter(([, v]) => v !== '')).toString()
  return ask<T>(text ? `${path}?${text}` : path)
}

/** A document as it was sent; making it anew may take the server a while. */
export async function getFile(path: string, patient: number): Promise<Blob> {
  return (await answerTo(path, undefined, patient)).blob()
}

export function post<T>(path: string, key: string, body: unknown, patient = patience): Promise<T> {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key }
  return ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) }, patient)
}

const pauses = [1, 2, 4, 8, 15, 30] // s

/** Does work again while the server cannot be reached or is too busy, for about a minute; work must be the same command each time. */
export async function persist<T>(work: () => Promise<T>, again: () => void, gone: AbortSignal, wait = pause): Promise<T> {
  for (let i = 0; ; i++) {
    try {
      return await work()
    } catch (e) {
      const passing = e instanceof Refusal && [0, 429, 502, 503, 504].includes(e.problem.status)
      if (!passing || gone.aborted || i === pauses.length) throw e
      again()
      await wait(pauses[i]! * 1000)
    }
  }
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** A random key; crypto.randomUUID is absent where the page does not come over HTTPS or from this machine. */
export function newKey(): string {
  if (crypto.randomUUID) return crypto.randomUUID()
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')
}
