package syntax

import (
	"fmt"
	"strings"
	"testing"
)

// reprints parses src, prints it, and parses and prints that again, which must
// not change it.
func reprints(src string) error {
	first, err := Parse(src)
	if err != nil {
		return err
	}
	once := printAll(first)
	second, err := Parse(once)
	if err != nil {
		return fmt.Errorf("printed as %s: %w", once, err)
	}
	if twice := printAll(second); twice != once {
		return fmt.Errorf("printed as\n%s\nthen as\n%s", once, twice)
	}
	return nil
}

func printAll(list []Statement) string {
	texts := make([]string, len(list))
	for i, st := range list {
		texts[i] = Print(st)
	}
	return strings.Join(texts, ";\n")
}
func TestTmp(t *testing.T) {}
