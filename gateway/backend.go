// Package gateway is the door for browsers and programs: WebSocket, REST, files, pages.
package gateway

import "parley/gateway/backend"

// Backend is what the gateway needs of whoever runs the entities.
type Backend = backend.Backend
