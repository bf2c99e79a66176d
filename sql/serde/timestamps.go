package serde

// moments reads timestamps by timestamp.formats, then as Hive does by default.
type moments struct {
	formats []momentFormat
}

type momentFormat struct{ pattern string }

func newMoments(p map[string]string) (moments, error) {
	if p["timestamp.formats"] != "" {
		return moments{}, refuse("NOT_SUPPORTED", "The property timestamp.formats is not supported yet")
	}
	return moments{}, nil
}

const shortestTimestamp = 8 // Hive's; less is NULL

func (m moments) append(v *Vector, text string) {
	if len(text) >= shortestTimestamp {
		if t, ok := hiveTimestamp(text); ok {
			v.timestamp(t)
			return
		}
	}
	v.null()
}

