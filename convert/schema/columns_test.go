package schema

import (
	"reflect"
	"testing"
)

func TestColumnsTextIsReadBack(t *testing.T) {
	columns := []Column{{Name: "srcaddr", Type: Text}, {Name: "start", Type: Of(BigInt)}}
	text := ColumnsText(columns)
	if want := `[["srcaddr","varchar"],["start","bigint"]]`; text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	got, err := ParseColumns(text)
	if err != nil || !reflect.DeepEqual(got, columns) {
		t.Errorf("read back: %v, %v", got, err)
	}
	if got, err := ParseColumns("[]"); err != nil || len(got) != 0 {
		t.Errorf("no columns: %v, %v", got, err)
	}
	if _, err := ParseColumns(`[["a","no type"]]`); err == nil {
		t.Error("a type that there is not was read")
	}
}
