import { expect, test } from 'vitest'
import { Queue } from './queue'

test('a few at a time, each key once, the newest work of a key', async () => {
  const queue = new Queue(2)
  const done: string[] = []
  const ends: (() => void)[] = []
  const slow = (name: string) => () => new Promise<void>((end) => ends.push(() => (done.push(name), end())))
  for (const name of ['a', 'b', 'c', 'd']) queue.add(name, slow(name))
  queue.add('c', slow('c again'))
  expect(ends.length).toBe(2)
  for (let i = 0; i < 4; i++) {
    ends[i]!()
    await new Promise((r) => setTimeout(r))
  }
  expect(done).toEqual(['a', 'b', 'c again', 'd'])
})

test('what waits can be forgotten', () => {
  const queue = new Queue(1)
  let begun = 0
  const endless = () => (begun++, new Promise<void>(() => {}))
  queue.add('a', endless)
  queue.add('b', endless)
  queue.clear()
  queue.add('c', endless)
  expect(begun).toBe(1)
})
