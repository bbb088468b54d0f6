// The published description of the bus is held against AsyncAPI's own schema here, where both come with npm. That the
// file is what the program serves is tested beside it (infra/bus/asyncapi_test.go).
import specs from '@asyncapi/specs'
import Ajv from 'ajv'
import { expect, it } from 'vitest'
import described from '../../bus/testdata/asyncapi.golden.json'

const follows = new Ajv({ strict: false, validateFormats: false }).compile(specs.schemasWithoutId['3.0.0'] as object)

it('describes the bus as AsyncAPI 3.0 asks', () => {
  expect(follows(described), JSON.stringify(follows.errors)).toBe(true)
})

it('would not take a description that is not', () => {
  const { address, ...rest } = described.channels.records
  expect(follows({ ...described, channels: { records: { ...rest, adress: address } } })).toBe(false)
  expect(follows({ ...described, operations: { publishRecord: { ...described.operations.publishRecord, action: 'publish' } } })).toBe(false)
  expect(follows({ ...described, asyncapi: '2.6.0' })).toBe(false)
})
