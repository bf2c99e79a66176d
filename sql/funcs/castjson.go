package funcs

import (
	"logsql/convert/schema"
)

// toJSON makes JSON text of a value, as CAST(x AS JSON).
func toJSON(x expr, from schema.Type) (expr, error) {
	switch from.Kind {
	case schema.Unknown:
		return castTo(null(), "VARCHAR"), nil
	case schema.JSON:
		return x, nil
	case schema.Char:
		return nil, cannotCast(from, schema.Of(schema.JSON))
	case schema.Boolean, schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt:
		return castTo(x, "VARCHAR"), nil
	case schema.Decimal:
		text, err := plainText(x, from)
		if err == nil && from.Scale > 6 { // then Java may write an exponent
			text = call("trino_json_decimal", text, num(from.Scale))
		}
		return text, err
	case schema.Double, schema.Real:
		return call("trino_json_number", castTo(x, "DOUBLE"), boolean(from.Kind == schema.Real)), nil
	case schema.Array:
		of, err := toJSON(elem(), from.Elem())
		if err != nil {
			return nil, err
		}
		return jsonList("[", call("list_transform", x, lambda(orNull(of), elemVar)), "]"), nil
	case schema.Map:
		return mapToJSON(x, from)
	case schema.Row:
		return rowToJSON(x, from)
	}
	text, err := plainText(x, from)
	if err != nil || !from.IsText() && from.Kind != schema.Date && from.Kind != schema.Timestamp {
		return nil, cannotCast(from, schema.Of(schema.JSON))
	}
	return call("trino_json_quote", text), nil
}

func orNull(x expr) expr { return call("coalesce", x, str("null")) }

// jsonList puts brackets around the texts of a list; NULL stays NULL.
func jsonList(open string, list expr, closer string) expr {
	return bin("||", bin("||", str(open), call("array_to_string", list, str(","))), str(closer))
}

func mapToJSON(x expr, from schema.Type) (expr, error) {
	if from.Key().Kind != schema.Unknown && !from.Key().IsText() && !from.Key().IsNumber() && from.Key().Kind != schema.Boolean {
		return nil, cannotCast(from, schema.Of(schema.JSON))
	}
	if from.Key().Kind == schema.Char {
		return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast %s to JSON", from)
	}
	key, err := jsonKey(field(elem(), "key"), from.Key())
	if err != nil {
		return nil, err
	}
	value, err := toJSON(field(elem(), "value"), from.Value())
	if err != nil {
		return nil, err
	}
	entry := bin("||", bin("||", call("trino_json_quote", key), str(":")), orNull(value))
	return jsonList("{", call("list_sort", call("list_transform", call("map_entries", x), lambda(entry, elemVar))), "}"), nil
}

// jsonKey is a map's key as text: a float as Java prints it, not as CAST does.
func jsonKey(x expr, t schema.Type) (expr, error) {
	switch t.Kind {
	case schema.Unknown:
		return castTo(null(), "VARCHAR"), nil
	case schema.Double, schema.Real:
		return call("trim", call("trino_json_number", castTo(x, "DOUBLE"), boolean(t.Kind == schema.Real)), str(`"`)), nil
	}
	return plainText(x, t)
}

func rowToJSON(x expr, from schema.Type) (expr, error) {
	entries := make([]expr, len(from.Elems))
	for i, f := range from.Elems {
		value, err := toJSON(field(x, FieldName(from, i)), f.Type)
		if err != nil {
			return nil, err
		}
		entries[i] = bin("||", bin("||", call("trino_json_quote", str(f.Name)), str(":")), orNull(value))
	}
	return when(isNull(x), null(), jsonList("{", array(entries...), "}")), nil
}

// fromJSON reads a value out of JSON text, as CAST(json AS t). JSON null is
// NULL.
func fromJSON(x expr, to schema.Type) (expr, error) {
	switch to.Kind {
	case schema.Array:
		of, err := fromJSON(elem(), to.Elem())
		if err != nil {
			return nil, err
		}
		return typed(call("list_transform", call("trino_json_elements", x, str(to.String())), lambda(of, elemVar)), to), nil
	case schema.Map:
		return mapFromJSON(x, to)
	case schema.Row:
		return rowFromJSON(x, to)
	case schema.JSON:
		return x, nil
	case schema.Boolean, schema.TinyInt, schema.SmallInt, schema.Integer, schema.BigInt, schema.Real,
		schema.Double, schema.Decimal, schema.Varchar:
		text := call("trino_json_cast", x, str(to.String()))
		if to.Kind == schema.Varchar {
			return text, nil
		}
		return typed(text, to), nil
	}
	return nil, cannotCast(schema.Of(schema.JSON), to)
}

func mapFromJSON(x expr, to schema.Type) (expr, error) {
	if k := to.Key(); !k.IsText() && !k.IsNumber() && k.Kind != schema.Boolean {
		return nil, cannotCast(schema.Of(schema.JSON), to)
	}
	key, err := castExpr(at(elem(), num(1)), schema.Text, to.Key())
	if err != nil {
		return nil, err
	}
	value, err := fromJSON(at(elem(), num(2)), to.Value())
	if err != nil {
		return nil, err
	}
	entry := structOf([]string{"key", "value"}, key, value)
	entries := call("list_transform", call("trino_json_entries", x, str(to.String())), lambda(entry, elemVar))
	return typed(call("map_from_entries", entries), to), nil
}

func rowFromJSON(x expr, to schema.Type) (expr, error) {
	names, elems := make([]string, len(to.Elems)), make([]expr, len(to.Elems))
	for i, f := range to.Elems {
		value, err := fromJSON(call("trino_json_field", x, str(f.Name), num(i), str(to.String())), f.Type)
		if err != nil {
			return nil, err
		}
		names[i], elems[i] = FieldName(to, i), typed(value, f.Type)
	}
	isNullJSON := or(isNull(x), bin("=", x, str("null")))
	return when(isNullJSON, null(), structOf(names, elems...)), nil
}
