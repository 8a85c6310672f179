package gateway_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/engine/id"
	"parley/gateway"
	"parley/gateway/command"
	"parley/gateway/fake"
	"parley/gateway/protocol"
)

// rig is a whole gateway over a fake backend, asked in process.
type rig struct {
	t        *testing.T
	backend  *fake.Backend
	gateway  *gateway.Gateway
	registry *prometheus.Registry
	keys     byte
}

// seeded is randomness of a test, safe for several goroutines.
type seeded struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (s *seeded) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

func newRig(t *testing.T, change ...func(*gateway.Options)) *rig {
	t.Helper()
	r := &rig{t: t, backend: fake.New(time.Now, fake.Centre()), registry: prometheus.NewRegistry()}
	o := gateway.Options{
		Backend: r.backend, Now: time.Now, Rand: &seeded{r: rand.NewChaCha8([32]byte{3})}, Registerer: r.registry, Version: "test",
		UI: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") }),
	}
	for _, c := range change {
		c(&o)
	}
	r.gateway = gateway.New(o)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		r.gateway.Close(ctx)
		r.backend.Close()
	})
	return r
}

func (r *rig) key() string {
	r.keys++
	return protocol.FormatKey(id.V7(time.Now(), [10]byte{9: r.keys}))
}

// token opens a session of an agent.
func (r *rig) token(agent id.ID) string {
	s := append(make([]byte, 16), agent[:]...)
	h := sha256.Sum256(s)
	r.backend.SignIn(agent, h[:])
	return "pst_" + hex.EncodeToString(agent[:]) + base64.RawURLEncoding.EncodeToString(s)
}

func secret(n byte) string { return base64.RawURLEncoding.EncodeToString([]byte{31: n}) }

var inbox = id.Format(id.Inbox, fake.Inbox)

func visitor(n byte) string { return "Visitor " + inbox + ":" + secret(n) }

// as is the Authorization of a role.
func (r *rig) as(role command.Role) string {
	switch role {
	case command.Customer:
		return visitor(1)
	case command.Agent:
		return "Bearer " + r.token(fake.Ana)
	case command.Supervisor:
		return "Bearer " + r.token(fake.Sofia)
	case command.Administrator:
		return "Bearer " + r.token(fake.Adam)
	}
	return ""
}

// answer is a response.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.body, &p)
	return p.Code
}

func (r *rig) do(req *http.Request) answer {
	w := httptest.NewRecorder()
	r.gateway.ServeHTTP(w, req)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

func (r *rig) request(method, path, authorization string, body []byte) *http.Request {
	req := httptest.NewRequest(method, "http://parley.test"+path, bytes.NewReader(body))
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	return req
}

// call sends a command over REST.
func (r *rig) call(authorization, cmd string, body any) answer {
	r.t.Helper()
	return r.callKey(authorization, r.key(), cmd, body)
}

func (r *rig) callKey(authorization, key, cmd string, body any) answer {
	r.t.Helper()
	raw, ok := body.([]byte)
	if !ok {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			r.t.Fatal(err)
		}
	}
	req := r.request(http.MethodPost, "/api/v1/"+cmd, authorization, raw)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return r.do(req)
}

func must[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
