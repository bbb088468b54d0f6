/** Work done a few at a time. What waits under a key is there once: asked for again, the newer work takes its place. */
export class Queue {
  private readonly waiting = new Map<string, () => Promise<void>>()
  private atWork = 0

  constructor(private readonly limit: number) {}

  /** Adds work, which handles its own errors. */
  add(key: string, work: () => Promise<void>): void {
    this.waiting.set(key, work)
    this.next()
  }

  /** Forgets what waits; what is at work goes on. */
  clear(): void {
    this.waiting.clear()
  }

  private next(): void {
    while (this.atWork < this.limit) {
      const [first] = this.waiting
      if (!first) return
      const [key, work] = first
      this.waiting.delete(key)
      this.atWork++
      void work().finally(() => {
        this.atWork--
        this.next()
      })
    }
  }
}
