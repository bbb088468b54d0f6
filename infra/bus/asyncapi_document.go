package bus

import "github.com/danielgtaylor/huma/v2"

// The parts of an AsyncAPI 3.0 document that the description uses; the words are the specification's.
type (
	document struct {
		AsyncAPI           string               `json:"asyncapi"`
		Info               info                 `json:"info"`
		DefaultContentType string               `json:"defaultContentType"`
		Channels           map[string]channel   `json:"channels"`
		Operations         map[string]operation `json:"operations"`
		Components         components           `json:"components"`

		schemas schemas
	}
	info struct {
		Title       string `json:"title"`
		Version     string `json:"version"`
		Description string `json:"description"`
	}
	channel struct {
		Address     string               `json:"address"`
		Title       string               `json:"title"`
		Description string               `json:"description"`
		Messages    map[string]ref       `json:"messages"`
		Parameters  map[string]parameter `json:"parameters"`
	}
	parameter struct {
		Description string   `json:"description"`
		Enum        []string `json:"enum,omitempty"`
		Examples    []string `json:"examples,omitempty"`
		Location    string   `json:"location,omitempty"`
	}
	operation struct {
		Action  string `json:"action"`
		Channel ref    `json:"channel"`
		Summary string `json:"summary"`
	}
	components struct {
		Messages      map[string]message      `json:"messages"`
		MessageTraits map[string]trait        `json:"messageTraits"`
		Schemas       map[string]*huma.Schema `json:"schemas"`
	}
	message struct {
		Name        string       `json:"name"`
		Title       string       `json:"title"`
		Summary     string       `json:"summary"`
		Description string       `json:"description,omitempty"`
		Traits      []ref        `json:"traits,omitempty"`
		Payload     *huma.Schema `json:"payload"`
	}
	trait struct {
		ContentType   string       `json:"contentType"`
		CorrelationID *location    `json:"correlationId"`
		Headers       *huma.Schema `json:"headers"`
	}
	location struct {
		Location string `json:"location"`
	}
	ref struct {
		Ref string `json:"$ref"`
	}
)
