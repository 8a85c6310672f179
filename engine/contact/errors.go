package contact

import "parley/engine/entity"

// The refusals of a contact. Starting also passes on what the conversation refuses.
var (
	ErrOpen          = entity.Refuse("conversation_open", "a conversation of this contact is open in this inbox")
	ErrNameRequired  = entity.Refuse("name_required", "this inbox asks for a name")
	ErrEmailRequired = entity.Refuse("email_required", "this inbox asks for an e-mail address")
	ErrEmailInvalid  = entity.Refuse("email_invalid", "not an e-mail address")
	ErrNameInvalid   = entity.Refuse("name_invalid", "a name has at most 200 characters and no control characters")
	ErrUnknownInbox  = entity.Refuse("unknown_inbox", "no such inbox, or its queue is gone")
)
