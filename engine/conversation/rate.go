package conversation

import (
	"time"

	"parley/engine/msg/conv"
)

// How long a customer may rate, and change their mind (F39).
const (
	rateFor   = 24 * time.Hour
	rateAgain = time.Hour
)

// rate takes the customer's rating: when it was asked for, until 24 h after the end, changeable for 1 h. It is no message
// and reopens nothing.
//
// Errors: ErrScore, ErrNotAsked, ErrRatingOver.
func (d *draft) rate(c *conv.Rate) error {
	now := d.now()
	switch {
	case c.Score < 1 || c.Score > 3 || !short(c.Comment, maxComment):
		return ErrScore
	case d.score > 0 && now > d.ratedAt+rateAgain.Milliseconds():
		return ErrRatingOver
	case d.score > 0:
	case !d.survey:
		return ErrNotAsked
	case now > d.endedAt+rateFor.Milliseconds():
		return ErrRatingOver
	}
	d.emit(&conv.Event{Body: &conv.Event_Rated{Rated: &conv.Rated{Score: c.Score, Comment: c.Comment}}})
	d.answer()
	return nil
}
