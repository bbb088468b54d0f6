package simulate

import (
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/google/uuid"
)

// sort is a kind of entity, each with numbers of its own.
type sort uint64

const (
	sortTown sort = iota + 1
	sortElder
	sortNewElder
	sortChild
	sortHouse
	sortNursery
	sortSeat
	sortPlace
	sortUnit
	sortRetrofit
	sortReport
	sortWorks
)

// dice is the chance of one entity.
type dice struct{ pcg rand.PCG }

func diceOf(seed uint64, of sort, number uint64) dice {
	high := mix(seed + uint64(of)*0x9e3779b97f4a7c15)
	return dice{*rand.NewPCG(high, mix(high^mix(number)))}
}

// fork is the chance of somebody who comes out of it.
func (d *dice) fork() dice { return dice{*rand.NewPCG(d.pcg.Uint64(), d.pcg.Uint64())} }

// mix is the finaliser of splitmix64: neighbours come out unlike each other.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// unit is a number from 0 to 1, 1 left out.
func (d *dice) unit() float64 { return float64(d.pcg.Uint64()>>11) / (1 << 53) }

// below is a whole number from 0 to n-1; n is at least 1.
func (d *dice) below(n int) int {
	high, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(high)
}

func (d *dice) chance(p float64) bool { return d.unit() < p }

// normal is around 0 with a deviation of 1.
func (d *dice) normal() float64 {
	return math.Sqrt(-2*math.Log(1-d.unit())) * math.Cos(2*math.Pi*d.unit())
}

func (d *dice) id() uuid.UUID { return idOf(d.pcg.Uint64(), d.pcg.Uint64()) }

// recordID is the id of the n-th record of an entity.
func recordID(entity uuid.UUID, n uint32) uuid.UUID {
	high, low := binary.BigEndian.Uint64(entity[:8]), binary.BigEndian.Uint64(entity[8:])
	return idOf(mix(high^mix(uint64(n)+1)), mix(low+uint64(n)*0x9e3779b97f4a7c15))
}

// idOf is a UUID of version 8, whose other bits are the maker's own.
func idOf(high, low uint64) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], high&^0xf000|0x8000)
	binary.BigEndian.PutUint64(id[8:], low&^(3<<62)|2<<62)
	return id
}
