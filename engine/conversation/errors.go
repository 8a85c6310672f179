package conversation

import "parley/engine/entity"

// The refusals of a conversation, one per decision its caller can make.
var (
	ErrTextEmpty          = entity.Refuse("text_empty", "a message needs text or an attachment")
	ErrTextTooLong        = entity.Refuse("text_too_long", "more than 10,000 characters")
	ErrTextInvalid        = entity.Refuse("text_invalid", "not valid UTF-8")
	ErrTooManyAttachments = entity.Refuse("too_many_attachments", "more than 10 attachments")
	ErrAttachment         = entity.Refuse("attachment_invalid", "an attachment without hash, size or a usable name")

	ErrEnded     = entity.Refuse("conversation_ended", "the conversation is resolved or closed")
	ErrNotOwner  = entity.Refuse("not_owner", "only who the conversation is assigned to, or a supervisor, may do this")
	ErrNotMember = entity.Refuse("not_member", "the agent does not serve the conversation's queue")

	ErrTaken     = entity.Refuse("taken", "somebody else has the conversation")
	ErrLapsed    = entity.Refuse("offer_lapsed", "the offer has lapsed or ended")
	ErrVoid      = entity.Refuse("offer_void", "the conversation takes no offer of this reservation")
	ErrAssigning = entity.Refuse("assigning", "the conversation is being assigned to somebody else at this moment")

	ErrUnknownAgent = entity.Refuse("unknown_agent", "no such agent, or deactivated")
	ErrUnknownInbox = entity.Refuse("unknown_inbox", "no such inbox, or its queue is gone")

	ErrNotAsked   = entity.Refuse("rating_not_asked", "this conversation asks for no rating")
	ErrRatingOver = entity.Refuse("rating_over", "the time to rate is over")
	ErrScore      = entity.Refuse("rating_invalid", "a score is 1, 2 or 3, a comment has at most 2,000 characters")

	ErrTooManySessions = entity.Refuse("too_many_sessions", "more than 16 live sessions of one customer")
)
