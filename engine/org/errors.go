package org

import "parley/engine/entity"

// The refusals of the configuration, beside entity.ErrInvalid (with the field) and entity.ErrForbidden.
var (
	ErrLoginTaken        = entity.Refuse("login_taken", "another agent has this login name")
	ErrPoolFixed         = entity.Refuse("pool_fixed", "a queue's pool never changes")
	ErrUnknownReference  = entity.Refuse("unknown_reference", "the pool or queue named does not exist")
	ErrLastAdministrator = entity.Refuse("last_administrator", "the centre would be left without an administrator")
)

func invalid(field string) error { return entity.Refuse(entity.ErrInvalid.Code, field) }
