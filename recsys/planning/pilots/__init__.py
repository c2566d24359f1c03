"""Did the pilots change anything? Before and after, against districts where nothing was tried.

term tables, reach ─▶ outcomes ─▶ panel ─┐      (district x term, held-back figures null)
targets ─▶ pilots, comparison districts ─┴▶ study ─▶ effects, paths, trends, sentences
                                              ▲
             every set that could have been the pilots ─▶ exact inference
"""
