package queue

import "parley/engine/entity"

// ErrGone is returned to a conversation that wants to wait in a queue the centre no longer has.
var ErrGone = entity.Refuse("gone", "the queue is no longer part of the centre")
