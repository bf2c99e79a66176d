package funcs

var mapFuncs = []*Func{}
