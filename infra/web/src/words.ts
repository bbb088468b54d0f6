import { language, t } from './i18n'

/** A word in Chinese and in English. */
export type Pair = readonly [zh: string, en: string]

export const either = ([zh, en]: Pair): string => (language.value === 'zh' ? zh : en)

/** Words of one part of the page, which are loaded with it; what it does not know is a word of the whole page. */
export const dictionary =
  (words: Record<string, Pair>) =>
  (word: string): string =>
    words[word] ? either(words[word]) : t(word)

/** Fills the places of a sentence: {month}, {n}. */
export const fill = (sentence: string, values: Record<string, string | number>): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** A number as it was stated; one that was computed with the digits that say something. */
export function figure(value: number): string {
  const stated = Math.abs(value * 100 - Math.round(value * 100)) < 1e-6
  return value.toLocaleString('en-US', { maximumFractionDigits: stated ? 2 : Math.abs(value) >= 10 ? 1 : 2 }).replace('-', '−')
}

/** A number with its unit, as a reader writes it: 35 ‰, 17,850 张. */
export const amount = (value: number, unit: string): string => `${figure(value)} ${t(unit)}`.trim()
