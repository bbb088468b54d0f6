package forecast

import "math"

// toSigma turns a median distance of normally distributed values into their standard deviation.
const toSigma = 1.4826

// median answers the middle of values, which it reorders; 0 for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	k := len(values) / 2
	upper := nth(values, k)
	if len(values)%2 == 1 {
		return upper
	}
	lower := math.Inf(-1)
	for _, v := range values[:k] {
		lower = max(lower, v)
	}
	return (lower + upper) / 2
}

// nth puts the k-th smallest value in its place, with none above it to its left, and answers it.
func nth(values []float64, k int) float64 {
	low, high := 0, len(values)-1
	for low < high {
		pivot := values[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return values[k]
		}
	}
	return values[k]
}

// scale is the standard deviation of values around zero as most of them say it; where most are exactly zero, as all do.
// It reorders values.
func scale(values []float64) float64 {
	sum := 0.0
	for i, v := range values {
		values[i] = math.Abs(v)
		sum += values[i]
	}
	if middle := median(values); middle > 0 {
		return middle * toSigma
	}
	const meanToSigma = 1.2533
	return sum / math.Max(1, float64(len(values))) * meanToSigma
}
