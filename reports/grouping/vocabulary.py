"""Vocabulary: words that programmers write in messages, and data seldom is."""

VOCABULARY = frozenset(
    """
    a an the of to in on at by for from with without not no is are was were be been has have had can
    could cannot must may should does did do will would and or but if than then too already only
    access account action active address allowed already argument arguments array attribute available
    bad be begin being body broken buffer bytes call called cancel cancelled canceling canceled change
    character characters closed code column command config configuration conflict connect connection
    constraint contains content convert corrupt could count create created data database date deadlock
    decode default delete deleted denied depth detected disk disabled does duplicate empty enabled end
    enough entry error exceeded exception exist exists expected expired expression failed failure field
    file files find float forbidden format found full function given got header host id identifier
    ignored illegal implemented import incomplete incorrect index input insert inside instance int
    integer internal invalid item items key keys kind known large last length less limit line list
    literal load local lock locked lookup lost many match maximum memory message method minimum missing
    mode module more multiple name names negative network new node none null number object old one open
    operation option order out output over page parameter parse parser password path pending permission
    pool port positional position possible process property protocol query queue quota range read reached
    ready received refused register registered relation release remote remove renamed replica required
    request reset resource response result retries return returned row same schema serialize server
    session set short signature size sort space start state statement status stop storage string
    supported syntax system table takes target task temporary terminated text time timed timeout token
    transaction type unable unavailable undefined unexpected unique unknown unreachable unsupported
    update use user usage value values variable version violates wait waiting when while write wrong zero
    """.split()
)
