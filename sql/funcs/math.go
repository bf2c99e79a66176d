package funcs

var mathFuncs = []*Func{}
