package funcs

import "math"

// Trino leaves distributions to Apache Commons Math; what follows goes by the
// same series and continued fractions, so that the last digits agree.

var probabilityFuncs = []*Func{
	{Name: "normal_cdf", Signatures: threeDoubles, Emit: udf("trino_normal_cdf")},
	{Name: "inverse_normal_cdf", Signatures: threeDoubles, Emit: udf("trino_inverse_normal_cdf")},
	{Name: "beta_cdf", Signatures: threeDoubles, Emit: udf("trino_beta_cdf")},
	{Name: "inverse_beta_cdf", Signatures: threeDoubles, Emit: udf("trino_inverse_beta_cdf")},
	{Name: "t_cdf", Signatures: []string{"(double, double) double"}, Emit: udf("trino_t_cdf")},
	{Name: "t_pdf", Signatures: []string{"(double, double) double"}, Emit: udf("trino_t_pdf")},
	{Name: "wilson_interval_lower", Signatures: wilsonSignatures, Emit: udf("trino_wilson_lower")},
	{Name: "wilson_interval_upper", Signatures: wilsonSignatures, Emit: udf("trino_wilson_upper")},
}

var (
	threeDoubles     = []string{"(double, double, double) double"}
	wilsonSignatures = []string{"(bigint, bigint, double) double"}
)

var probabilityGo = []GoFunc{
	{Name: "trino_normal_cdf", Signature: threeDoubles[0], Call: goNormalCDF},
	{Name: "trino_inverse_normal_cdf", Signature: threeDoubles[0], Call: goInverseNormalCDF},
	{Name: "trino_beta_cdf", Signature: threeDoubles[0], Call: goBetaCDF},
	{Name: "trino_inverse_beta_cdf", Signature: threeDoubles[0], Call: goInverseBetaCDF},
	{Name: "trino_t_cdf", Signature: "(double, double) double", Call: goTCDF},
	{Name: "trino_t_pdf", Signature: "(double, double) double", Call: goTPDF},
	{Name: "trino_wilson_lower", Signature: wilsonSignatures[0], Call: func(a []any) (any, error) { return wilson(a, -1) }},
	{Name: "trino_wilson_upper", Signature: wilsonSignatures[0], Call: func(a []any) (any, error) { return wilson(a, 1) }},
}

func doubles(a []any) (x, y, z float64) {
	x, y = a[0].(float64), a[1].(float64)
	if len(a) > 2 {
		z = a[2].(float64)
	}
	return x, y, z
}

func goNormalCDF(a []any) (any, error) {
	mean, sd, v := doubles(a)
	if !(sd > 0) {
		return nil, invalid("standardDeviation must be > 0")
	}
	return 0.5 * (1 + erf((v-mean)/(sd*math.Sqrt2))), nil
}

func erf(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case math.Abs(x) > 40:
		return math.Copysign(1, x)
	}
	return math.Copysign(1-gammaQ(0.5, x*x), x)
}

// gammaQ is the regularized upper incomplete gamma function.
func gammaQ(a, x float64) float64 {
	if x == 0 {
		return 1
	}
	logGamma, _ := math.Lgamma(a)
	scale := math.Exp(-x + a*math.Log(x) - logGamma)
	if x >= a+1 {
		f := continuedFraction(1e-15, func(n float64) (float64, float64) { return 2*n + 1 - a + x, n * (a - n) })
		return 1 / f * scale
	}
	term, sum := 1/a, 1/a
	for n := 1.0; math.Abs(term/sum) > 1e-15 && n < 10_000; n++ {
		term *= x / (a + n)
		sum += term
	}
	return 1 - scale*sum
}

// continuedFraction is Lentz's evaluation of a0 + b1/(a1 + b2/(a2 + …)).
func continuedFraction(eps float64, at func(n float64) (a, b float64)) float64 {
	const small = 1e-50
	nonZero := func(v float64) float64 {
		if math.Abs(v) <= small {
			return small
		}
		return v
	}
	h, _ := at(0)
	h = nonZero(h)
	c, d := h, 0.0
	for n := 1.0; n < 10_000; n++ {
		a, b := at(n)
		d = 1 / nonZero(a+b*d)
		c = nonZero(a + b/c)
		h *= c * d
		if math.Abs(c*d-1) < eps {
			break
		}
	}
	return h
}

func goInverseNormalCDF(a []any) (any, error) {
	mean, sd, p := doubles(a)
	if !(p > 0 && p < 1) {
		return nil, invalid("p must be 0 > p > 1")
	}
	if !(sd > 0) {
		return nil, invalid("sd must be > 0")
	}
	return mean + sd*math.Sqrt2*math.Erfinv(2*p-1), nil
}

func goBetaCDF(a []any) (any, error) {
	x, y, v := doubles(a)
	switch {
	case !(x > 0 && y > 0):
		return nil, invalid("a, b must be > 0")
	case !(v >= 0 && v <= 1):
		return nil, invalid("value must be 0 >= v >= 1")
	}
	return betaCDF(v, x, y), nil
}

func betaCDF(v, a, b float64) float64 {
	switch {
	case v <= 0:
		return 0
	case v >= 1:
		return 1
	}
	return regularizedBeta(v, a, b)
}

func regularizedBeta(x, a, b float64) float64 {
	if x > (a+1)/(2+b+a) && 1-x <= (b+1)/(2+b+a) {
		return 1 - regularizedBeta(1-x, b, a)
	}
	f := continuedFraction(1e-14, func(n float64) (float64, float64) {
		m := math.Floor(n / 2)
		if math.Mod(n, 2) == 0 {
			return 1, m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		}
		return 1, -((a + m) * (a + b + m) * x) / ((a + 2*m) * (a + 2*m + 1))
	})
	return math.Exp(a*math.Log(x)+b*math.Log1p(-x)-math.Log(a)-logBeta(a, b)) / f
}

func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

func goInverseBetaCDF(a []any) (any, error) {
	x, y, p := doubles(a)
	switch {
	case !(x > 0 && y > 0):
		return nil, invalid("a, b must be > 0")
	case !(p >= 0 && p <= 1):
		return nil, invalid("p must be 0 >= p >= 1")
	case p == 0 || p == 1:
		return p, nil
	}
	f := func(v float64) float64 { return betaCDF(v, x, y) - p }
	middle := f(0.5)
	switch {
	case math.Abs(middle) <= 1e-15:
		return 0.5, nil
	case middle > 0:
		return brent(f, 0, 0.5, f(0), middle), nil
	}
	return brent(f, 0.5, 1, middle, f(1)), nil
}

// brent finds where f is 0 between a and b, to 1e-9 as Trino does.
func brent(f func(float64) float64, a, b, fa, fb float64) float64 {
	c, fc := a, fa
	d := b - a
	e := d
	for {
		if math.Abs(fc) < math.Abs(fb) {
			a, b, c = b, c, b
			fa, fb, fc = fb, fc, fb
		}
		tol := 2e-14*math.Abs(b) + 1e-9
		m := 0.5 * (c - b)
		if math.Abs(m) <= tol || fb == 0 {
			return b
		}
		if math.Abs(e) < tol || math.Abs(fa) <= math.Abs(fb) {
			d, e = m, m
		} else {
			d, e = brentStep(a, b, c, fa, fb, fc, d, e, m, tol)
		}
		a, fa = b, fb
		switch {
		case math.Abs(d) > tol:
			b += d
		case m > 0:
			b += tol
		default:
			b -= tol
		}
		fb = f(b)
		if (fb > 0) == (fc > 0) {
			c, fc = a, fa
			d = b - a
			e = d
		}
	}
}

// brentStep interpolates, or halves where that leads away.
func brentStep(a, b, c, fa, fb, fc, d, e, m, tol float64) (step, before float64) {
	s := fb / fa
	var p, q float64
	if a == c {
		p, q = 2*m*s, 1-s
	} else {
		q = fa / fc
		r := fb / fc
		p, q = s*(2*m*q*(q-r)-(b-a)*(r-1)), (q-1)*(r-1)*(s-1)
	}
	if p > 0 {
		q = -q
	} else {
		p = -p
	}
	if p >= 1.5*m*q-math.Abs(tol*q) || p >= math.Abs(0.5*e*q) {
		return m, m
	}
	return p / q, d
}

func goTCDF(a []any) (any, error) {
	x, df, _ := doubles(a)
	switch {
	case df < 1:
		return nil, invalid("degrees of freedom must be greater than or equal to 1")
	case math.IsNaN(x) || math.IsNaN(df):
		return math.NaN(), nil
	case x == 0:
		return 0.5, nil
	}
	t := betaCDF(df/(df+x*x), 0.5*df, 0.5)
	if x < 0 {
		return 0.5 * t, nil
	}
	return 1 - 0.5*t, nil
}

func goTPDF(a []any) (any, error) {
	x, df, _ := doubles(a)
	if !(df >= 1) {
		return nil, invalid("degrees of freedom must be greater than or equal to 1")
	}
	half := (df + 1) / 2
	upper, _ := math.Lgamma(half)
	lower, _ := math.Lgamma(df / 2)
	return math.Exp(upper - 0.5*(math.Log(math.Pi)+math.Log(df)) - lower - half*math.Log(1+x*x/df)), nil
}

func wilson(a []any, side float64) (any, error) {
	successes, trials, z := a[0].(int64), a[1].(int64), a[2].(float64)
	switch {
	case successes < 0:
		return nil, invalid("number of successes must not be negative")
	case trials <= 0:
		return nil, invalid("number of trials must be positive")
	case successes > trials:
		return nil, invalid("number of successes must not be larger than number of trials")
	case !(z >= 0):
		return nil, invalid("z-score must not be negative")
	}
	n := float64(trials)
	p := float64(successes) / n
	return (p + z*z/(2*n) + side*z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))) / (1 + z*z/n), nil
}
