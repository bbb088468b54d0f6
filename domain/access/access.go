package access

import (
	"slices"

	"github.com/google/uuid"
)

// Role is what a principal does.
type Role string

// The roles.
const (
	Administrator Role = "administrator"
	Caseworker    Role = "caseworker" // records
	Analyst       Role = "analyst"    // reads numbers
	Supervisor    Role = "supervisor" // reads numbers and records
)

// Principal is who calls. Areas are the codes of the areas they may see, with everything below; none: everywhere.
type Principal struct {
	ID    uuid.UUID `json:"id"`
	Role  Role      `json:"role"`
	Areas []string  `json:"areas"`
}

// Action is what a principal wants to do.
type Action string

// The actions.
const (
	Record      Action = "record"       // send commands
	ReadPeople  Action = "read-people"  // see registers with names
	ReadNumbers Action = "read-numbers" // see indicators, alerts, status
	Operate     Action = "operate"      // see metrics and the API's description
	Publish     Action = "publish"      // seal what an office says in public
	Maintain    Action = "maintain"     // rebuild projections, have parked events tried again
	Steer       Action = "steer"        // adopt, revise and withdraw targets
	Erase       Action = "erase"        // destroy the personal data of somebody
	Merge       Action = "merge"        // merge registrations of one person
)

// Allows reports whether a principal may do something in an area. path is the area's code and the codes above it.
func Allows(p Principal, a Action, path []string) bool {
	roles := map[Action][]Role{
		Record:      {Administrator, Caseworker},
		ReadPeople:  {Administrator, Caseworker, Supervisor},
		ReadNumbers: {Administrator, Caseworker, Supervisor, Analyst},
		Operate:     {Administrator, Caseworker, Supervisor, Analyst},
		Publish:     {Administrator, Supervisor},
		Maintain:    {Administrator},
		Steer:       {Administrator},
		Erase:       {Administrator},
		Merge:       {Administrator},
	}
	if !slices.Contains(roles[a], p.Role) {
		return false
	}
	return len(p.Areas) == 0 || a == ReadNumbers || a == Operate ||
		slices.ContainsFunc(path, func(code string) bool { return slices.Contains(p.Areas, code) })
}
