package funcs

var regexpGo = []GoFunc{}

var jsonGo = []GoFunc{}

var mathGo = []GoFunc{}

var binaryGo = []GoFunc{}

var urlGo = []GoFunc{}

var arrayGo = []GoFunc{}
