package gateway_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/actors"
	"parley/engine/id"
	"parley/gateway"
	"parley/gateway/command"
	"parley/gateway/fake"
	"parley/gateway/protocol"
	"parley/ops"
)

// Bad input over REST gets its code from the table, and nothing else changes.
func TestBadInputOverREST(t *testing.T) {
	r := newRig(t)
	conv := must[protocol.StartOK](t, r.call(visitor(1), "start", protocol.Start{Text: "Hello"})).Conv
	asked := r.backend.Asked()
	long := strings.Repeat("x", 10_001)
	for _, test := range []struct {
		name, cmd string
		body      string
		status    int
		code      string
	}{
		{"broken JSON", "send", `{"conv":`, 400, protocol.BadJSON},
		{"a repeated key", "send", `{"conv":"` + conv + `","text":"a","text":"b"}`, 400, protocol.BadJSON},
		{"an unknown field", "send", `{"conv":"` + conv + `","text":"a","note":true}`, 400, protocol.UnknownField},
		{"another case", "send", `{"conv":"` + conv + `","TEXT":"a"}`, 400, protocol.UnknownField},
		{"invalid UTF-8", "send", "{\"conv\":\"" + conv + "\",\"text\":\"\xff\"}", 400, protocol.BadUTF8},
		{"white space", "send", `{"conv":"` + conv + `","text":" \n\t "}`, 422, protocol.TextEmpty},
		{"10,001 characters", "send", `{"conv":"` + conv + `","text":"` + long + `"}`, 422, protocol.TextTooLong},
		{"a body over 64 KiB", "send", `{"conv":"` + conv + `","text":"` + strings.Repeat("x", 70_000) + `"}`, 413, protocol.TooLarge},
		{"an unknown command", "destroy", `{}`, 404, protocol.UnknownCommand},
		{"no conversation", "send", `{"conv":"agt_` + strings.Repeat("0", 32) + `","text":"a"}`, 422, protocol.Invalid},
		{"a score that is none", "rate", `{"conv":"` + conv + `","score":"great"}`, 422, protocol.Invalid},
		{"files in a start", "start", `{"text":"a","files":[{"hash":"x","name":"x","size":1,"type":"x"}]}`, 422, protocol.Invalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := r.call(visitor(1), test.cmd, []byte(test.body))
			if a.status != test.status || a.code() != test.code {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
				t.Fatalf("content type %s", kind)
			}
		})
	}
	if r.backend.Asked() != asked {
		t.Fatal("something reached an entity")
	}
	if ok := r.call(visitor(1), "send", protocol.Send{Conv: conv, Text: strings.Repeat("é", 10_000)}); ok.status != http.StatusOK {
		t.Fatalf("10,000 characters: %s", ok.body)
	}
}

func TestKeysOverREST(t *testing.T) {
	r := newRig(t)
	conv := must[protocol.StartOK](t, r.call(visitor(1), "start", protocol.Start{Text: "Hello"})).Conv
	send := func(key, text string) answer {
		return r.callKey(visitor(1), key, "send", protocol.Send{Conv: conv, Text: text})
	}
	key := r.key()
	first, second := send(key, "one"), send(key, "one")
	if first.status != 200 || !bytes.Equal(first.body, second.body) {
		t.Errorf("the same key: %s and %s", first.body, second.body)
	}
	if a := send(key, "two"); a.code() != protocol.KeyReused {
		t.Errorf("another body: %s", a.body)
	}
	if a := send("", "three"); a.code() != protocol.KeyMissing {
		t.Errorf("no key: %s", a.body)
	}
	if a := send("nonsense", "three"); a.code() != protocol.Invalid {
		t.Errorf("no key at all: %s", a.body)
	}
	old := protocol.FormatKey(id.V7(time.Now().Add(-25*time.Hour), [10]byte{1}))
	if a := send(old, "four"); a.code() != protocol.KeyTooOld || !strings.Contains(string(a.body), `"now"`) {
		t.Errorf("an old key: %s", a.body)
	}
	ahead := protocol.FormatKey(id.V7(time.Now().Add(time.Hour), [10]byte{1}))
	if a := send(ahead, "five"); a.code() != protocol.KeyInFuture {
		t.Errorf("a key from the future: %s", a.body)
	}
}

func TestOneTimeLinksAndPasswords(t *testing.T) {
	r := newRig(t)
	admin := r.as(command.Administrator)
	key := r.key()
	issue := func() string {
		return must[protocol.LinkOK](t, r.callKey(admin, key, "issue_link", protocol.IssueLink{Agent: id.Format(id.Agent, fake.Ana)})).Link
	}
	link := issue()
	if again := issue(); again != link {
		t.Fatal("a repeat of the command gives another link")
	}
	token := must[protocol.TokenOK](t, r.call("", "redeem", protocol.Redeem{Link: link}))
	if token.Agent.Name != "Ana" || !strings.HasPrefix(token.Token, "pst_") {
		t.Fatalf("token %+v", token)
	}
	reused := r.call("", "redeem", protocol.Redeem{Link: link})
	wrong := r.call("", "redeem", protocol.Redeem{Link: link[:len(link)-1] + "x"})
	if reused.code() != protocol.LinkInvalid || wrong.code() != protocol.LinkInvalid || reused.status != 401 {
		t.Fatalf("reused %s, wrong %s", reused.body, wrong.body)
	}
	bearer := "Bearer " + token.Token
	if a := r.call(bearer, "set_password", protocol.SetPassword{Password: "short"}); a.code() != protocol.Invalid {
		t.Fatalf("a short password: %s", a.body)
	}
	if a := r.call(bearer, "set_password", protocol.SetPassword{Password: "correct horse battery"}); a.status != 200 {
		t.Fatalf("set_password: %s", a.body)
	}
	must[protocol.TokenOK](t, r.call("", "login", protocol.Login{Login: "ANA ", Password: "correct horse battery"}))
	bad := r.call("", "login", protocol.Login{Login: "ana", Password: "correct horse"})
	unknown := r.call("", "login", protocol.Login{Login: "nobody", Password: "correct horse"})
	if bad.code() != protocol.WrongPassword || bad.status != unknown.status || !bytes.Equal(bad.body, unknown.body) {
		t.Fatalf("wrong password %s, unknown name %s", bad.body, unknown.body)
	}
	if a := r.call(bearer, "sign_out", protocol.SignOut{}); a.status != 200 {
		t.Fatalf("sign_out: %s", a.body)
	}
	if a := r.call(bearer, "view", protocol.OfConv{}); a.code() != protocol.NotSignedIn {
		t.Fatalf("after sign_out: %s", a.body)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	r := newRig(t)
	var last answer
	for range 5 {
		last = r.call("", "login", protocol.Login{Login: "ana", Password: "guess"})
	}
	if last.code() != protocol.RateLimited || last.header.Get("Retry-After") == "" {
		t.Fatalf("the fifth guess: %d %s", last.status, last.body)
	}
}

func form(conv, name string, content []byte) (*bytes.Buffer, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("conv", conv)
	part, _ := w.CreateFormFile("file", name)
	_, _ = part.Write(content)
	_ = w.Close()
	return &b, w.FormDataContentType()
}

func (r *rig) upload(authorization, conv, name string, content []byte) answer {
	b, kind := form(conv, name, content)
	req := r.request("POST", "/api/v1/files", authorization, b.Bytes())
	req.Header.Set("Content-Type", kind)
	return r.do(req)
}

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFiles(t *testing.T) {
	r := newRig(t, func(o *gateway.Options) {
		o.Limits = gateway.DefaultLimits()
		o.Limits.FileBytes = 10_000
	})
	conv := must[protocol.StartOK](t, r.call(visitor(1), "start", protocol.Start{Text: "Hello"})).Conv
	file := must[protocol.FileOK](t, r.upload(visitor(1), conv, "../../a\u202ebox.png", picture(t, 30, 20))).File
	if file.Type != "image/png" || file.Width != 30 || file.Height != 20 || file.Name != "abox.png" {
		t.Fatalf("file %+v", file)
	}
	lie := file
	lie.Type, lie.Size, lie.Width = "text/html", 1, 9
	must[protocol.SendOK](t, r.call(visitor(1), "send", protocol.Send{Conv: conv, Files: []protocol.File{lie}}))
	page := must[struct {
		Events []struct{ Body protocol.PublicMessage }
	}](t, r.call(visitor(1), "history", protocol.History{Conv: conv}))
	if got := page.Events[len(page.Events)-1].Body.Files[0]; got != file {
		t.Fatalf("what is believed: %+v", got)
	}

	get := func(authorization string) answer {
		return r.do(r.request("GET", "/api/v1/files/"+conv+"/"+file.Hash, authorization, nil))
	}
	a := get(r.as(command.Agent))
	if a.status != 200 || a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "inline") ||
		!strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") {
		t.Fatalf("download %d %v", a.status, a.header)
	}
	if a := get(visitor(2)); a.code() != protocol.NotFound {
		t.Errorf("a stranger's download: %d", a.status)
	}
	if a := get(""); a.status != 401 {
		t.Errorf("nobody's download: %d", a.status)
	}
	if a := r.upload(visitor(2), conv, "x", []byte("x")); a.code() != protocol.NotFound {
		t.Errorf("a stranger's upload: %s", a.body)
	}
	if a := r.upload(visitor(1), conv, "x", make([]byte, 10_001)); a.code() != protocol.TooLarge {
		t.Errorf("a byte too much: %s", a.body)
	}
	if a := r.upload(visitor(1), conv, "x", make([]byte, 10_000)); a.status != 200 {
		t.Errorf("exactly the limit: %s", a.body)
	}
	if a := r.upload(visitor(1), conv, "x", nil); a.code() != protocol.FileRefused {
		t.Errorf("an empty file: %s", a.body)
	}
	gone := file
	gone.Hash = strings.Repeat("0", 64)
	if a := r.call(visitor(1), "send", protocol.Send{Conv: conv, Files: []protocol.File{gone}}); a.code() != protocol.FileGone {
		t.Errorf("a file that is not there: %s", a.body)
	}
	evil := must[protocol.FileOK](t, r.upload(visitor(1), conv, "x.png", []byte("<html><script>alert(1)</script></html>"))).File
	a = r.do(r.request("GET", "/api/v1/files/"+conv+"/"+evil.Hash, visitor(1), nil))
	if !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("HTML in place: %v", a.header)
	}
}

func TestAnImageBombIsRefused(t *testing.T) {
	r := newRig(t)
	conv := must[protocol.StartOK](t, r.call(visitor(1), "start", protocol.Start{Text: "Hello"})).Conv
	bomb := picture(t, 1, 1)
	copy(bomb[16:], []byte{0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff}) // 65,535 x 65,535 in the header; the checksum of the chunk:
	copy(bomb[29:], crc(bomb[12:29]))
	if a := r.upload(visitor(1), conv, "x.png", bomb); a.code() != protocol.FileRefused {
		t.Fatalf("%s", a.body)
	}
}

func TestForeignOrigins(t *testing.T) {
	r := newRig(t)
	for origin, ok := range map[string]bool{"": true, "http://parley.test": true, fake.Origin: true, "https://evil.example": false, "null": false} {
		req := r.request("POST", "/api/v1/config", r.as(command.Agent), []byte("{}"))
		if origin != "" {
			req.Header.Set("Origin", origin)
		}
		a := r.do(req)
		if ok != (a.status == 200) || !ok && a.code() != protocol.OriginRefused {
			t.Errorf("%q: %d %s", origin, a.status, a.body)
		}
	}
	req := r.request("GET", "/api/v1/inbox/"+inbox, "", nil)
	req.Header.Set("Origin", fake.Origin)
	if a := r.do(req); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != fake.Origin {
		t.Errorf("the loader's question: %d %v", a.status, a.header)
	}
	req.Header.Set("Origin", "https://evil.example")
	if a := r.do(req); a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a foreign site reads the inbox: %v", a.header)
	}
}

func TestPagesAndTheirPolicies(t *testing.T) {
	r := newRig(t)
	policy := func(path string) string {
		a := r.do(r.request("GET", path, "", nil))
		if a.status != 200 || string(a.body) != "page" {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		return a.header.Get("Content-Security-Policy")
	}
	for path, want := range map[string]string{
		"/": "frame-ancestors 'none'", "/work": "frame-ancestors 'none'", "/login": "connect-src 'self' ws://parley.test",
		"/widget/?key=" + inbox: "frame-ancestors 'self' " + fake.Origin, "/widget/?key=" + id.Format(id.Inbox, fake.Other): "frame-ancestors *",
		"/widget/": "frame-ancestors 'self'",
	} {
		if got := policy(path); !strings.Contains(got+";", want) || !strings.Contains(got, "script-src 'self';") {
			t.Errorf("%s: %s", path, got)
		}
	}
	if a := r.do(r.request("GET", "/widget.js", "", nil)); a.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("the loader: %v", a.header)
	}
	req := r.request("GET", "/", "", nil)
	req.Host = "x; script-src *"
	if got := r.do(req).header.Get("Content-Security-Policy"); strings.Contains(got, "script-src *") {
		t.Errorf("a Host header in the policy: %s", got)
	}
}

func TestTheDescription(t *testing.T) {
	r := newRig(t)
	a := r.do(r.request("GET", "/api/openapi.json", "", nil))
	doc := must[struct {
		OpenAPI    string `json:"openapi"`
		Paths      map[string]any
		Components struct{ Schemas map[string]any }
	}](t, a)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", doc.OpenAPI)
	}
	for _, c := range command.Table {
		if _, ok := doc.Paths["/api/v1/"+c.Name]; ok == (c.Kind == command.Sessions) {
			t.Errorf("%s in the description: %v", c.Name, ok)
		}
	}
	for _, s := range []string{"Row", "Conv", "Me", "HelloOK", "MessageBody", "Problem"} {
		if doc.Components.Schemas[s] == nil {
			t.Errorf("no schema %s", s)
		}
	}
	page := r.do(r.request("GET", "/api/docs", "", nil))
	if page.status != 200 || !bytes.Contains(page.body, []byte("put_agent")) || bytes.Contains(page.body, []byte("http://")) || bytes.Contains(page.body, []byte("<script")) {
		t.Errorf("docs: %d", page.status)
	}
	alone, err := gateway.OpenAPI("test")
	if err != nil || !json.Valid(alone) {
		t.Errorf("the description alone: %v", err)
	}
}

func TestWhatTheBackendSaysOverREST(t *testing.T) {
	r := newRig(t)
	for err, status := range map[error]int{actors.ErrBusy: 503, actors.ErrUnknown: 504, actors.ErrDiskFull: 507, actors.ErrInternal: 500} {
		r.backend.Fail(err)
		if a := r.call(visitor(1), "start", protocol.Start{Text: "Hello"}); a.status != status {
			t.Errorf("%v: %d %s", err, a.status, a.body)
		}
	}
}

func TestTheOperatorsLink(t *testing.T) {
	r := newRig(t)
	link, err := r.gateway.IssueLink(t.Context(), fake.Adam, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if got := must[protocol.TokenOK](t, r.call("", "redeem", protocol.Redeem{Link: link})); got.Agent.Role != "administrator" {
		t.Fatalf("%+v", got)
	}
	if _, err := r.gateway.IssueLink(t.Context(), id.ID{1: 1}, time.Hour); err == nil {
		t.Fatal("a link for nobody")
	}
}

func TestMetricsAreLinted(t *testing.T) {
	r := newRig(t)
	r.call(visitor(1), "start", protocol.Start{Text: "Hello"})
	ops.LintMetrics(t, r.registry)
}
