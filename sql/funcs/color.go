package funcs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

// Trino draws bars and text for terminals. A color lies as its text: one of the
// system's names, or #rrggbb.
var colorFuncs = []*Func{
	{Name: "color", Signatures: []string{
		"(varchar) color", "(double, color, color) color", "(double, double, double, color, color) color",
	}, Emit: emitColor},
	{Name: "rgb", Signatures: []string{"(bigint, bigint, bigint) color"}, Emit: udf("trino_rgb")},
	{Name: "render", Signatures: []string{"(boolean) varchar", "(bigint, color) varchar", "(double, color) varchar", "(varchar, color) varchar"}, Result: rendered, Emit: emitRender},
	{Name: "bar", Signatures: []string{"(double, bigint) varchar", "(double, bigint, color, color) varchar"}, Emit: emitBar},
}

var colorGo = []GoFunc{
	{Name: "trino_color", Signature: "(varchar) varchar", Call: goColor},
	{Name: "trino_color_between", Signature: "(double, varchar, varchar) varchar", Call: goColorBetween},
	{Name: "trino_rgb", Signature: "(bigint, bigint, bigint) varchar", Call: goRGB},
	{Name: "trino_render", Signature: "(varchar, varchar) varchar", Call: goRender},
	{Name: "trino_render_double", Signature: "(double, varchar) varchar", Call: goRenderDouble},
	{Name: "trino_bar", Signature: "(double, bigint, varchar, varchar) varchar", Call: goBar},
}

const colorReset = "\x1b[0m"

// systemColors in the order of their numbers on a terminal.
var systemColors = []string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

// rendered is as long as the value's text and what colors it can be.
func rendered(params []schema.Type) schema.Type {
	const escapes = 15
	switch params[0].Kind {
	case schema.Boolean:
		return schema.VarcharOf(1 + escapes)
	case schema.BigInt:
		return schema.VarcharOf(20 + escapes)
	case schema.Double:
		return schema.VarcharOf(26 + escapes)
	}
	if n, bounded := params[0].Length(); bounded {
		return schema.VarcharOf(n + escapes)
	}
	return params[0]
}

func emitColor(c *Call) (expr, error) {
	switch len(c.Args) {
	case 1:
		return call("trino_color", c.Args[0]), nil
	case 3:
		return call("trino_color_between", c.Args...), nil
	}
	share := bin("/", bin("-", c.Args[0], c.Args[1]), bin("-", c.Args[2], c.Args[1]))
	return call("trino_color_between", share, c.Args[3], c.Args[4]), nil
}

func emitRender(c *Call) (expr, error) {
	if len(c.Args) == 1 {
		return when(isNull(c.Args[0]), null(), when(c.Args[0], str(tint("✓", "green")), str(tint("✗", "red")))), nil
	}
	if c.Params[0].Kind == schema.Double {
		return call("trino_render_double", c.Args...), nil
	}
	text, err := plainText(c.Args[0], c.Params[0])
	return call("trino_render", text, c.Args[1]), err
}

func emitBar(c *Call) (expr, error) {
	if len(c.Args) == 2 {
		return call("trino_bar", c.Args[0], c.Args[1], str("#ff0000"), str("#00ff00")), nil
	}
	return call("trino_bar", c.Args...), nil
}

func goColor(a []any) (any, error) {
	text := a[0].(string)
	if name := strings.ToLower(text); slices.Contains(systemColors, name) {
		return name, nil
	}
	if n, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 12); err == nil && len(text) == 4 && text[0] == '#' {
		return hexColor(int(n>>8)*17, int(n>>4&15)*17, int(n&15)*17), nil
	}
	return nil, invalid("Invalid color: '%s'", text)
}

func goRGB(a []any) (any, error) {
	for i, name := range []string{"red", "green", "blue"} {
		if v := a[i].(int64); v < 0 || v > 255 {
			return nil, invalid("%s must be between 0 and 255", name)
		}
	}
	return hexColor(int(a[0].(int64)), int(a[1].(int64)), int(a[2].(int64))), nil
}

func goColorBetween(a []any) (any, error) {
	low, high := a[1].(string), a[2].(string)
	if low[0] != '#' {
		return nil, invalid("lowColor not a valid RGB color")
	}
	if high[0] != '#' {
		return nil, invalid("highColor not a valid RGB color")
	}
	return between(float32(min(1, max(0, a[0].(float64)))), low, high), nil
}

func goRender(a []any) (any, error) { return tint(a[0].(string), a[1].(string)), nil }

func goRenderDouble(a []any) (any, error) {
	return tint(FloatText(a[0].(float64), 64), a[1].(string)), nil
}

func goBar(a []any) (any, error) {
	low, high, width := a[2].(string), a[3].(string), a[1].(int64)
	if _, err := goColorBetween([]any{0.0, low, high}); err != nil {
		return nil, err
	}
	if width > 10_000 {
		return nil, failure("EXCEEDED_FUNCTION_MEMORY_LIMIT", "The bar is too wide: no more than 10000 characters are drawn")
	}
	count := 0
	if share := a[0].(float64) * float64(width); share > 0 {
		count = int(min(share, float64(width)))
	}
	var b strings.Builder
	for i := range count {
		b.WriteString(escape(between(float32(float64(i)/float64(width-1)), low, high)) + "█")
	}
	b.WriteString(colorReset)
	b.WriteString(strings.Repeat(" ", max(0, int(width)-count)))
	return b.String(), nil
}

func tint(text, color string) string { return escape(color) + text + colorReset }

// escape begins a color of the terminal's 256: its own, or a cube of six shades
// of red, green and blue.
func escape(color string) string {
	n := slices.Index(systemColors, color)
	if n < 0 {
		c := channels(color)
		n = 16 + c[0]*6/256*36 + c[1]*6/256*6 + c[2]*6/256
	}
	return fmt.Sprintf("\x1b[38;5;%dm", n)
}

func hexColor(r, g, b int) string { return fmt.Sprintf("#%02x%02x%02x", r, g, b) }

func channels(color string) (c [3]int) {
	n, _ := strconv.ParseUint(color[1:], 16, 24)
	return [3]int{int(n >> 16), int(n >> 8 & 255), int(n & 255)}
}

// between goes the share of the way from low to high by hue, saturation and
// brightness.
func between(share float32, low, high string) string {
	if share != share || math.IsInf(float64(share), 0) {
		share = 0
	}
	from, to := hueOf(channels(low)), hueOf(channels(high))
	for i := range from {
		from[i] += share * (to[i] - from[i])
	}
	return ofHue(from)
}

func hueOf(c [3]int) (hsb [3]float32) {
	most, least := max(c[0], c[1], c[2]), min(c[0], c[1], c[2])
	hsb[2] = float32(most) / 255
	if most == least {
		return hsb
	}
	span := float32(most - least)
	hsb[1] = span / float32(most)
	far := func(i int) float32 { return float32(most-c[i]) / span }
	switch most {
	case c[0]:
		hsb[0] = far(2) - far(1)
	case c[1]:
		hsb[0] = 2 + far(0) - far(2)
	default:
		hsb[0] = 4 + far(1) - far(0)
	}
	if hsb[0] /= 6; hsb[0] < 0 {
		hsb[0]++
	}
	return hsb
}

func ofHue(hsb [3]float32) string {
	level := func(f float32) int { return int(hsb[2]*f*255 + 0.5) }
	sixth := (hsb[0] - float32(math.Floor(float64(hsb[0])))) * 6
	f := sixth - float32(math.Floor(float64(sixth)))
	s := hsb[1]
	v, p, q, t := level(1), level(1-s), level(1-s*f), level(1-s*(1-f))
	rgb := [][3]int{{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}}[int(sixth)%6]
	return hexColor(rgb[0], rgb[1], rgb[2])
}
