package jsonpath

import (
	"math"
	"math/big"
	"strings"

	"logsql/convert/schema"
)

// Arithmetic computes with two numbers as the operators of SQL do: what comes
// out has a type, and an overflow is an error.
func Arithmetic(op string, x, y *Item) (*Item, error) {
	if !x.isNumber() || !y.isNumber() {
		return nil, badOperands(op, x, y)
	}
	if x.Huge() || y.Huge() {
		return nil, errNumber
	}
	switch t := numberKind(x, y); t {
	case schema.Double, schema.Real:
		f := floats(op, x.float(), y.float())
		if t == schema.Real {
			f = float64(float32(f))
		}
		return FloatItem(f, t), nil
	case schema.Decimal:
		return decimals(op, x, y)
	default:
		return integers(op, t, x.Int, y.Int)
	}
}

// numberKind is the kind that both are taken to.
func numberKind(x, y *Item) schema.Kind {
	a, b := x.Type.Kind, y.Type.Kind
	for _, k := range []schema.Kind{schema.Double, schema.Real, schema.Decimal} {
		if a == k || b == k {
			return k
		}
	}
	return max(a, b)
}

// float is a number as a double; huge ones lose digits.
func (it *Item) float() float64 {
	switch it.Type.Kind {
	case schema.Double, schema.Real:
		return it.Float
	case schema.Decimal:
		f, _ := it.rat().Float64()
		return f
	}
	return float64(it.Int)
}

// rat is an integer or a decimal, exactly.
func (it *Item) rat() *big.Rat {
	if it.Type.Kind != schema.Decimal {
		return new(big.Rat).SetInt64(it.Int)
	}
	return new(big.Rat).SetFrac(it.Big, power10(it.Type.Scale))
}

func power10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func floats(op string, x, y float64) float64 {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		return x / y
	}
	return math.Mod(x, y)
}

var integerBits = map[schema.Kind]uint{schema.TinyInt: 8, schema.SmallInt: 16, schema.Integer: 32, schema.BigInt: 64}

func integers(op string, kind schema.Kind, x, y int64) (*Item, error) {
	a, b, r := big.NewInt(x), big.NewInt(y), new(big.Int)
	switch op {
	case "+":
		r.Add(a, b)
	case "-":
		r.Sub(a, b)
	case "*":
		r.Mul(a, b)
	default:
		if y == 0 {
			return nil, errNumber
		}
		if op == "/" {
			r.Quo(a, b)
		} else {
			r.Rem(a, b)
		}
	}
	return fitInteger(r, kind)
}

func fitInteger(r *big.Int, kind schema.Kind) (*Item, error) {
	if !r.IsInt64() || r.Int64()<<(64-integerBits[kind])>>(64-integerBits[kind]) != r.Int64() {
		return nil, errNumber
	}
	return &Item{Kind: KindScalar, Type: schema.Of(kind), Int: r.Int64()}, nil
}

// decimalType is an integer's type as a decimal.
func decimalType(t schema.Type) (precision, scale int) {
	switch t.Kind {
	case schema.TinyInt:
		return 3, 0
	case schema.SmallInt:
		return 5, 0
	case schema.Integer:
		return 10, 0
	case schema.BigInt:
		return 19, 0
	}
	return t.Precision, t.Scale
}

func decimals(op string, x, y *Item) (*Item, error) {
	p1, s1 := decimalType(x.Type)
	p2, s2 := decimalType(y.Type)
	a, b, r := x.rat(), y.rat(), new(big.Rat)
	s := max(s1, s2)
	p := max(p1-s1, p2-s2) + s + 1
	switch op {
	case "+":
		r.Add(a, b)
	case "-":
		r.Sub(a, b)
	case "*":
		r.Mul(a, b)
		p, s = p1+p2, s1+s2
	default:
		if b.Sign() == 0 {
			return nil, errNumber
		}
		r.Quo(a, b)
		p = p1 + s2 + max(s2-s1, 0)
		if op == "%" {
			whole := new(big.Rat).SetInt(new(big.Int).Quo(r.Num(), r.Denom()))
			r.Sub(a, whole.Mul(whole, b))
			p = min(p1-s1, p2-s2) + s
		}
	}
	if s > 38 {
		return nil, errNumber
	}
	return fitDecimal(r, min(38, max(p, 1)), s)
}

// fitDecimal rounds half away from zero.
func fitDecimal(r *big.Rat, precision, scale int) (*Item, error) {
	text := strings.Replace(r.FloatString(scale), ".", "", 1)
	unscaled, _ := new(big.Int).SetString(text, 10)
	if new(big.Int).Abs(unscaled).Cmp(power10(38)) >= 0 {
		return nil, errNumber
	}
	return DecimalItem(unscaled, precision, scale), nil
}

// signed is + or - before a number.
func signed(op string, it *Item) (*Item, error) {
	if !it.isNumber() {
		return nil, wrongItem("NUMBER", it)
	}
	if it.Huge() {
		return nil, errNumber
	}
	if op == "+" {
		return it, nil
	}
	out := &Item{Kind: KindScalar, Type: it.Type}
	switch it.Type.Kind {
	case schema.Double, schema.Real:
		out.Float = -it.Float
	case schema.Decimal:
		out.Big = new(big.Int).Neg(it.Big)
	default:
		return fitInteger(new(big.Int).Neg(big.NewInt(it.Int)), it.Type.Kind)
	}
	return out, nil
}

// rounding is abs(), ceiling() or floor().
func rounding(name string, it *Item) (*Item, error) {
	if !it.isNumber() {
		return nil, wrongItem("NUMBER", it)
	}
	if it.Huge() {
		return nil, errNumber
	}
	switch it.Type.Kind {
	case schema.Double, schema.Real:
		f := map[string]func(float64) float64{"abs": math.Abs, "ceiling": math.Ceil, "floor": math.Floor}[name]
		return FloatItem(f(it.Float), it.Type.Kind), nil
	case schema.Decimal:
		return roundDecimal(name, it), nil
	}
	if name == "abs" && it.Int < 0 {
		return signed("-", it)
	}
	return it, nil
}

func roundDecimal(name string, it *Item) *Item {
	if name == "abs" {
		return DecimalItem(new(big.Int).Abs(it.Big), it.Type.Precision, it.Type.Scale)
	}
	quotient, rest := new(big.Int).QuoRem(it.Big, power10(it.Type.Scale), new(big.Int))
	switch {
	case name == "ceiling" && rest.Sign() > 0:
		quotient.Add(quotient, big.NewInt(1))
	case name == "floor" && rest.Sign() < 0:
		quotient.Sub(quotient, big.NewInt(1))
	}
	precision := it.Type.Precision - it.Type.Scale
	if it.Type.Scale > 0 {
		precision = min(38, precision+1)
	}
	return DecimalItem(quotient, precision, 0)
}

func toDouble(it *Item) (*Item, error) {
	switch {
	case it.Huge():
		return nil, errNumber
	case it.isNumber():
		return FloatItem(it.float(), schema.Double), nil
	case it.isText():
		f, err := parseDouble(strings.TrimFunc(it.Text, func(r rune) bool { return r <= ' ' }))
		if err != nil {
			return nil, err
		}
		return FloatItem(f, schema.Double), nil
	}
	return nil, wrongItem("NUMBER or TEXT", it)
}

// round is a number as an index: half away from zero, but a document's number
// without its fraction.
func round(it *Item) (int64, error) {
	switch {
	case it.Huge():
		return 0, errNumber
	case it.JSON && it.Type.Kind == schema.Double:
		return int64(max(-1<<62, min(it.Float, 1<<62))), nil
	case it.Type.Kind == schema.Double || it.Type.Kind == schema.Real:
		f := math.Round(it.Float)
		if !(math.Abs(f) < 1<<63) {
			return 0, errNumber
		}
		return int64(f), nil
	case it.Type.Kind == schema.Decimal:
		whole, ok := new(big.Int).SetString(it.rat().FloatString(0), 10)
		if !ok || !whole.IsInt64() {
			return 0, errNumber
		}
		return whole.Int64(), nil
	}
	return it.Int, nil
}
