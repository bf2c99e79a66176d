package convert

// Limit lowers how many parts and bytes a worker holds, until undo.
func Limit(open, held int) (undo func()) {
	beforeOpen, beforeHeld := maxOpen, maxHeld
	maxOpen, maxHeld = open, held
	return func() { maxOpen, maxHeld = beforeOpen, beforeHeld }
}

// LimitIDs lowers how many ids a set holds in memory, until undo.
func LimitIDs(live int) (undo func()) {
	before := maxLive
	maxLive = live
	return func() { maxLive = before }
}
