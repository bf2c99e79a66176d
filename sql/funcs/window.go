package funcs

var windowFuncs = []*Func{}
