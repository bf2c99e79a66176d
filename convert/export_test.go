package convert

// Limit lowers how many parts and bytes a worker holds, until undo.
func Limit(open, held int) (undo func()) {
	beforeOpen, beforeHeld := maxOpen, maxHeld
	maxOpen, maxHeld = open, held
	return func() { maxOpen, maxHeld = beforeOpen, beforeHeld }
}
