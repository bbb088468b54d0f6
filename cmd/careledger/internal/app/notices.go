package app

import (
	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/projections/projector"
)

// The kinds of notice: which cells changed, and that an alert did.
const (
	noticeCells  = "cells"
	noticeAlerts = "alerts"
)

// alertNotice names the alert that was raised or resolved.
type alertNotice struct {
	ID string `json:"id"`
}

// announced describes what the processes tell each other over the bus.
func announced() []bus.NoticeKind {
	return []bus.NoticeKind{
		{Kind: noticeCells, Body: projector.Notice{}, Says: "Cells changed: these definitions and months, counted up to frontier"},
		{Kind: noticeAlerts, Body: alertNotice{}, Says: "An alert was raised or resolved"},
	}
}
