package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// BenchmarkBatch is the door's own share of a batch of visits: 5,000 on 1,000 elders.
func BenchmarkBatch(b *testing.B) {
	d := open(b)
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = uuid.New().String()
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		items := make([]string, 5000)
		for i := range items {
			id := ids[i%len(ids)]
			items[i] = one(fmt.Sprint(n, "-", i), "log-home-visit", `{"elder":"`+id+`"}`, `{"occurred_on":"2022-11-01","mode":"home","outcome":"seen","note":"平安"}`)
			if n == 0 && i < len(ids) {
				items[i] = one(fmt.Sprint("r", i), "register-elder", "{}", `{"id":"`+id+`","area":"532601001","registered_on":"2022-01-05","sex":"female","born_on":"1948-03-11"}`)
			}
		}
		body := `{"commands":[` + strings.Join(items, ",") + `]}`
		b.StartTimer()
		if answer := d.ask(http.MethodPost, "/api/v1/commands", body); answer.status != http.StatusOK || strings.Contains(answer.body, "rejected") {
			b.Fatal(answer.body[:min(500, len(answer.body))])
		}
	}
	b.ReportMetric(5000*float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}
