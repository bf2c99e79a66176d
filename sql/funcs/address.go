package funcs

var addressFuncs = []*Func{}
