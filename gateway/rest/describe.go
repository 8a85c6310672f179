package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"parley/gateway/command"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// A list is a list: never null, as far as readers of the description are concerned.
func init() { huma.DefaultArrayNullable = false }

// describe begins the OpenAPI document: it is built from the same table as the routes, so it cannot differ from them.
func (a *API) describe() {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "parley", Version: a.Version, Description: "Every command of the protocol over HTTP: the same bodies, answers and codes as over the WebSocket. " +
				"Idempotency-Key is the command's key: a UUIDv7; the same key again gives the first answer again, for 24 hours."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"agent":    {Type: "http", Scheme: "bearer", Description: "A session token, pst_…"},
					"customer": {Type: "apiKey", In: "header", Name: "Authorization", Description: "Visitor inb_…:secret"},
				},
			},
		},
		OpenAPIPath: "/api/openapi", Formats: huma.DefaultFormats, DefaultFormat: "application/json",
	}
	a.doc = humago.New(a.mux, config)
	for _, t := range frames {
		a.schema(t)
	}
}

// frames are the types that go over the WebSocket alone; TypeScript gets them from here too.
var frames = []reflect.Type{
	reflect.TypeFor[protocol.Hello](), reflect.TypeFor[protocol.HelloOK](), reflect.TypeFor[protocol.Error](), reflect.TypeFor[protocol.Conv](),
	reflect.TypeFor[protocol.StartedBody](), reflect.TypeFor[protocol.MessageBody](), reflect.TypeFor[protocol.AssignedBody](),
	reflect.TypeFor[protocol.UnassignedBody](), reflect.TypeFor[protocol.QueuedBody](), reflect.TypeFor[protocol.OfferedBody](),
	reflect.TypeFor[protocol.OfferEndedBody](), reflect.TypeFor[protocol.SeekingBody](), reflect.TypeFor[protocol.SeekEndedBody](),
	reflect.TypeFor[protocol.UntilBody](), reflect.TypeFor[protocol.PublicResolved](), reflect.TypeFor[protocol.PublicReopened](),
	reflect.TypeFor[protocol.PublicClosed](), reflect.TypeFor[protocol.PublicRated](), reflect.TypeFor[protocol.QueuePush](),
	reflect.TypeFor[protocol.TypingPush](), reflect.TypeFor[protocol.PeekPush](), reflect.TypeFor[protocol.MarksPush](),
	reflect.TypeFor[protocol.OnlinePush](), reflect.TypeFor[protocol.Me](), reflect.TypeFor[protocol.QueuesPush](),
	reflect.TypeFor[protocol.AgentsPush](), reflect.TypeFor[protocol.Bye](),
}

func (a *API) schema(t reflect.Type) *huma.Schema {
	return a.doc.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

func (a *API) content(t reflect.Type) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{"application/json": {Schema: a.schema(t)}}
}

// plain describes an operation: body and answer may be nil.
func (a *API) plain(name, method, path, does string, body, answer reflect.Type) huma.Operation {
	op := huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: does,
		Responses: map[string]*huma.Response{"default": {
			Description: "An error with a code of the one table.",
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: a.schema(reflect.TypeFor[Problem]())}},
		}},
	}
	if body != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: a.content(body)}
	}
	if answer != nil {
		op.Responses["200"] = &huma.Response{Description: "Done.", Content: a.content(answer)}
	}
	return op
}

// about describes a command.
func (a *API) about(c *command.Command) huma.Operation {
	op := a.plain(c.Name, http.MethodPost, "/api/v1/"+c.Name, c.Does, c.Body, c.OK)
	op.Security = security(c)
	op.Description = fmt.Sprintf("Who: %s.", command.Who(c))
	if c.Keyed {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Required: true, Description: "UUIDv7 of this command", Schema: &huma.Schema{Type: "string", Format: "uuid"},
		})
	}
	return op
}

func security(c *command.Command) (s []map[string][]string) {
	if c.May(command.Customer) {
		s = append(s, map[string][]string{"customer": {}})
	}
	if c.May(command.Administrator) {
		s = append(s, map[string][]string{"agent": {}})
	}
	return s
}

func path(name, form string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: form, Schema: &huma.Schema{Type: "string"}}
}

var anybody = []map[string][]string{{"customer": {}}, {"agent": {}}}

func (a *API) upload() huma.Operation {
	op := a.plain("upload", http.MethodPost, "/api/v1/files", "Store a file, to be named in a message within an hour.", nil, reflect.TypeFor[protocol.FileOK]())
	op.Security = anybody
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: "object", Required: []string{"conv", "file"}, Properties: map[string]*huma.Schema{
			"conv": {Type: "string", Description: "cnv_…, before the file"}, "file": {Type: "string", Format: "binary"},
		},
	}}}}
	return op
}

func (a *API) download() huma.Operation {
	op := a.plain("download", http.MethodGet, "/api/v1/files/{conv}/{hash}", "A file of a conversation.", nil, nil)
	op.Security = anybody
	op.Parameters = []*huma.Param{path("conv", "cnv_…"), path("hash", "64 hex digits")}
	op.Responses["200"] = &huma.Response{Description: "The content.", Content: map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	return op
}

// OpenAPI is the description alone, for generators.
func OpenAPI(version string) ([]byte, error) {
	a := New(Options{Version: version, Env: &command.Env{}, Limits: session.DefaultLimits()})
	return json.MarshalIndent(a.doc.OpenAPI(), "", "  ")
}
