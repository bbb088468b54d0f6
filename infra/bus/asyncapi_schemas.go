package bus

import (
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

const (
	schemaPrefix = "#/components/schemas/"
	decimal      = "^[0-9]+$"
)

// schemas derives JSON schemas from Go types, as they are on the wire of the bus.
type schemas struct{ huma.Registry }

func newSchemas() schemas {
	r := huma.NewMapRegistry(schemaPrefix, schemaName)
	r.RegisterTypeAlias(reflect.TypeFor[calendar.Day](), reflect.TypeFor[dayText]())
	r.RegisterTypeAlias(reflect.TypeFor[calendar.Month](), reflect.TypeFor[monthText]())
	r.RegisterTypeAlias(reflect.TypeFor[uuid.UUID](), reflect.TypeFor[uuidText]())
	r.RegisterTypeAlias(reflect.TypeFor[event.Sealed](), reflect.TypeFor[nothing]())
	return schemas{r}
}

// schemaName calls an event's data as its type is called on the wire: several rooms have a type Registered.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if e, ok := reflect.Zero(t).Interface().(event.Event); ok {
		return e.EventType()
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// Schema is huma's, made true to the wire.
func (s schemas) Schema(t reflect.Type, allowRef bool, hint string) *huma.Schema {
	schema := s.Registry.Schema(t, allowRef, hint)
	for name, known := range s.Map() {
		if of := s.TypeFromRef(schemaPrefix + name); of != nil && of.Kind() == reflect.Struct {
			trueToTheWire(known, of)
		}
	}
	return schema
}

// trueToTheWire leaves out sealed members, which are never published, calls numbers that encoding/json writes as strings
// what they are, and lets members be added within a version.
func trueToTheWire(schema *huma.Schema, t reflect.Type) {
	schema.AdditionalProperties = nil
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case sealed(f.Type):
			delete(schema.Properties, name)
			schema.Required = slices.DeleteFunc(schema.Required, func(member string) bool { return member == name })
		case options == "string":
			schema.Properties[name] = &huma.Schema{Type: huma.TypeString, Pattern: decimal}
		}
	}
}

// sealed reports whether t is a sealed personal value, or several.
func sealed(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t == reflect.TypeFor[event.Sealed]()
}

// dayText, monthText and uuidText describe how days, months and ids are written; nothing stands for what is left out.
type (
	dayText   string
	monthText string
	uuidText  string
	nothing   string
)

// Schema implements huma.SchemaProvider.
func (dayText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date"}
}

// Schema implements huma.SchemaProvider.
func (monthText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^\d{4}-\d{2}$`}
}

// Schema implements huma.SchemaProvider.
func (uuidText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

func object(properties map[string]*huma.Schema, required ...string) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Properties: properties, Required: required}
}
