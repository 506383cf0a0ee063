"""Vocabulary: words that messages are made of, and that names of people and things seldom are.

English words which are common in the comments and texts of Python programs, with
the nouns and verbs of shops, offices and services. A word that is missing only
counts less: it is taken for data.
"""

VOCABULARY = frozenset(
    """
    abc abfnrtv ability able abort aborted about above absent absolute abstract accept
    acceptable accepted accepting accepts access accessed accessible accessing accessory
    accidentally according accordingly account accumulate accurate acos acquire across act
    action actions activate activated active acts actual actually ad adapted add added adding
    addition additional addr address addresses adds adjacent adjust adjustment admin advance
    advanced advantage advert affect affected affects after afterwards again against age agenda
    agent aggregate aggregation agreed ahead aka album alert algorithm algorithms alias aliases
    align aligned alignment alive all allocated allow allowance allowed allowing allows almost
    alone along alpha alphanumeric already also alter alternate alternative alternatives
    although always ambiguous among amount amqp an analysis analyze ancestor anchor and annotate
    annotated annotation annotations anonymous another ansi answer any anymore anything anyway
    anywhere apart api app appear appears append appended appending applicable applicant
    application applications applied applies apply applying appointment approach appropriate
    appropriately approval approve approved approximate apps arbitrarily arbitrary arch
    architecture archive archives are area aren arg args argument arguments arithmetic around
    array arrays arrow article as ascii asin ask asked assert assertion assertions assessment
    asset assign assigned assigning assignment assignments associated assume assumed assumes
    assuming assumption async asynchronous asyncio at atan atom atomic attach attached
    attachment attempt attempted attempting attempts attendance attendee attr attribute
    attributes attrs auction audience audit auth authenticate authentication author authors auto
    automatic automatically available avoid avoiding avoids await awaiting award aware away back
    backend backends background backslash backslashes backward backwards bad badge badly bail
    balance ballot ban bank banned banner barcode bare base based basename bases basic basically
    basis basket batch be because become becomes been before begin beginning begins begun behave
    behaves behavior behaviour behind being belong belongs below beneficiary benefit best beta
    better between beyond bgcolor bid big bill billing bin binary bind binding bindings bit
    bitmap bits black blank blob block blocked blocking blocks blue board bodies body bogus bold
    bonus book booked booking bool boolean booleans border borrowed both bother bottom bought
    bounce bounced bound boundaries boundary bounded bounds box bpo bracket brackets branch
    branches brand break breaking breaks broad broke broken broker browser bson budget buffer
    buffered buffering buffers bug bugs build building builds built builtin builtins bulk bunch
    bundle burst business busy but button buyer by bypass byte bytearray bytecode bytes
    bytestring cache cached caches caching calculate calculated calculating calendar call
    callable callables callback callbacks called caller callers calling calls came campaign can
    cancel cancelled candidate candidates cannot canonical cap capture captured capturing card
    care career careful carrier carries carry cart case cased cases cash casing cast catalogue
    catch catches categories category caught cause caused causes causing cease ceil celery cell
    cells center cert certain certificate chain chance change changed changes changing channel
    channels char character characters charge charged chars charset chat check checked checker
    checking checkout checks child children choice choices choose chosen chunk chunked chunks
    circle circuit circular city claim claimed clash clashes class classes classmethod classname
    classroom clause clauses clean cleaned cleanup clear cleared clearing clears click client
    clients clinic clip clock clone close closed closes closest closing closure cluster code
    codec codes coding coerce col collapse collation collect collected collecting collection
    collections colon color colors column columns combination combinations combine combined
    combining come comes coming comma command commands commas comment comments commission commit
    common commonly compact company compare compared compares comparing comparison comparisons
    compat compatibility compatible competition compilation compile compiled compiler compiling
    complain complained complaint complete completed completely completes completion completions
    complex complexity compliance compliant complicated component components compose composite
    compound compress compressed compression computation compute computed computing concern
    concrete concurrent condition conditional conditions conf config configuration
    configurations configure configured confirm confirmed conflict conflicting conflicts conform
    confusing conjunction conn connect connected connecting connection connections consecutive
    consider considered consistency consistent consisting consists console const constant
    constants constraint constraints construct constructed constructing construction constructor
    constructors constructs consume consumed consumer consumers consuming contact contain
    contained container containers containing contains content contents contest context contexts
    continuation continue continues continuing contract contributors control controlled controls
    convenience convenient convention conversation conversion convert converted converter
    converting converts cookie cookies coordinate coordinates copied copies copy copying
    copyright core corner coroutine coroutines correct correctly correspond corresponding
    corresponds cosh cost could couldn count counted counter counting country counts coupon
    course cover coverage covered covers cpython crash crashed crashes crate create created
    creates creating creation credentials credit crew critical cross ctypes currency current
    currently cursor cursors custom customer customize customized cut cyan cycle cycles cyclic
    cygwin da daemon damaged dark darwin dash dashboard dashes data database databases dataclass
    dataclasses datatype date dates datetime datetimes day days de dead deadline deal dealer
    dealing debt debug debugger debugging decide decimal decision declaration declarations
    declare declared declined decode decoded decoder decoding decorated decorator decorators
    dedicated deep def default defaulting defaults defer deferred define defined defines
    defining definitely definition definitions defs del delay delayed delegate delete deleted
    deleting deletion deliberately delimited delimiter delimiters delivered delivery delta
    demand department depend dependencies dependency dependent depending depends deposit
    deprecated deprecation deps depth derive derived desc describe described describes
    describing description descriptions descriptor descriptors design designed desired desk dest
    destination detail detailed details detect detected detection detects determine determined
    determines determining deterministic dev developer developers development device dialog
    diary dict dictionaries dictionary dicts did didn diff differ difference differences
    different differently differs digest digit digits dim dimension dimensions dir direct
    direction directive directives directly director directories directory dirs dirty disable
    disabled disables disabling disallow disallowed discard discarded disconnected discount
    discover discovered discovery discussion disk dismissed dispatch dispatched dispatcher
    display displayed displaying displays dispute dist distance distinct distinction distinguish
    distribute distributed distribution distributions district distutils div divide do doc docs
    docstring docstrings doctest doctor document documentation documented documents does doesn
    doing domain don donation done donor dot dots dotted double down download downloaded
    downstream draft drained draw drawing drawn draws drive driver drop dropped drops dry dual
    due dummy dump dunder duplicate duplicated duplicates duplication duration during dying
    dynamic dynamically each eager eagerly earlier early easier easily easy echo ed edge edit
    editable editing edition editor effect effective effectively effects efficient efficiently
    effort eg egg either elapsed element elements elif ellipsis else elseif elsewhere emacs
    email embed embedded emit emits emitted emitting employee employer emptied empty emulate en
    enable enabled enables enabling enclosed enclosing encode encoded encoder encoding encodings
    encounter encountered end ended endian endif ending endpoint ends enforce engine enough
    enquiry enrolment ensure ensures ensuring enter entered entering entire entirely entity
    entries entry enum env environ environment environments epoch eq equal equality equals
    equivalent erase err errno error errors escape escaped escapes escaping especially
    essentially establish established estimate et etc eval evaluate evaluated evaluates
    evaluating evaluation even event events eventually ever every everything everywhere ex exact
    exactly exam example examples exc exceed exceeded exceeds except exception exceptions
    exchange exclude excluded excludes excluding exclusive exec executable execute executed
    executing execution executor exhausted exhibit exist existence existent existing exists exit
    exited exiting exits expand expanded expansion expect expected expecting expects expense
    expensive experimental expiration expired expires explain explanation explicit explicitly
    export exported exports expose exposed expr express expressed expression expressions ext
    extend extended extending extends extension extensions external externally extra extract
    extracted extras fact factor factory fail failed failing fails failure failures fairly fake
    fall fallback falling falls false family far fare fast faster fatal favor favourite fax
    feature features fee feed feedback fetch fetched few fewer fiber field fields figure file
    filename filenames fileno files filesystem fill filled filter filtered filtering filters
    final finally find finder finding finds fine finish finished finite first fit five fix fixed
    fixes fixture fixtures flag flagged flags flat flatten fleet flexible flight float floating
    floats floor flow flush flushed focus fold folder follow followed following follows font
    fonts for forbidden force forced forces foreach forecast foreground foreign forever forget
    forgotten fork form format formats formatted formatter formatters formatting formed former
    forms forum forward forwarded found four fraction fractional fragment fragments frame frames
    framework free freed freeze freight frequency fresh friend friendly from front frozen
    frozenset full fullname fully fun func funcname function functionality functions functools
    fund further future gallery game garage garbage gateway general generally generate generated
    generates generating generation generator generators generic geometry get getattr gets
    getting gevent gift git give given gives giving glob global globally globals gmail go goes
    going gone good got goto governing grade grained grammar grant granted graph greater green
    group grouped grouping groups guarantee guaranteed guarantees guard guess guest guide
    gunicorn gzip hack had half halted hand handle handled handler handlers handles handling
    handshake hang happen happened happens hard has hash hashable hashes hasn have haven having
    head header headers heading heartbeat height held help helper helpers helpful helps hence
    here hereby hex hexadecimal hidden hide hierarchy high higher highest highlight highlighted
    highlighting hint hints historical history hit hold holding holds holiday home hook hooks
    hope horizontal hospital host hostname hosts hotel hour hours house household how however
    href human hung hypothesis id idea idempotent identical identified identifier identifiers
    identifies identify identifying identity idle ids idx ie if ignore ignored ignores ignoring
    illegal image immediate immediately immutable implement implementation implemented
    implementing implements implicit implicitly implied implies import important imported
    importing importlib imports impossible improve in inactive inbox incident include included
    includes including inclusion inclusive income incoming incompatible incomplete inconsistent
    incorrect incorrectly increase increasing increment incremental indefinitely indent
    indentation indented independent independently index indexed indexes indexing indicate
    indicated indicates indicating indicator indices indirect indirectly individual individually
    inf infer inference inferred infinite infinity info information ingredient inherit
    inheritance inherited inheriting inherits init initial initialization initialize initialized
    initializer initially inline inlined inner input inputs inquiry insensitive insert inserted
    inserting insertion inside inspect inspection inspired install installation installed
    installing installs instalment instance instances instantiate instantiated instantiating
    instantiation instead instructor insufficient insurance int integer integers intended
    intentionally interaction interactive interest interesting interface interfaces intermediate
    internal internally internals interpolation interpret interpretation interpreted interpreter
    interrupt interrupted intersection interval intervals interview into introduced
    introspection ints invalid invalidate invariant inventory inverse invert invitation invited
    invocation invoice invoke invoked invoking involve involved io is isinstance isn iso issue
    issuecomment issued issues it italic item items iterable iterables iterate iterated
    iterating iteration iterations iterator iterators its itself jammed java javascript job join
    joined joining joins journal journey json jump just keep keeping keeps kept kernel key
    keyboard keyed keys keyword keywords kill killed kind kinds kit know knowledge known knows
    kombu kwarg kwargs label labels lack lambda landlord lang language languages large larger
    largest last late later latest latin latter law layer layout lazily lazy lead leading leaf
    leak leaked learn least leave leaves leaving ledger left legacy legal len lender length
    lengths less lesson let lets letter letters level levels lexer lexers lib libraries library
    licence license licensed licenses life lifetime light like likely limit limitation
    limitations limited limits line linear lineno lines link linked linking links list listed
    listener listeners listing lists literal literals little live lives load loaded loader
    loading loads loan local locale localhost locally locals locate located location locations
    lock locked locks log logged logger logging logic logical login logs long longer longest
    look lookahead looked looking looks lookup lookups loop loops lose lost lot low lower
    lowercase lowest loyalty machine machinery macro macros made magenta magic mail mailbox
    mailed mailing main mainly maintain maintained major make makes making malformed man manage
    managed management manager managers managing mandatory manual manually manufacturer many map
    mapped mapping mappings maps markdown marked marker markers market marks markup mask master
    match matched matches matching material math matrix matter matters maximum may maybe me meal
    mean meaning meaningful means meant measure mechanism mechanisms media meeting member
    members membership memo memory memoryview mentioned menu merchant merge merged message
    messages meta metaclass metadata meter meth method methods microseconds mid middle
    middleware might migration migrations milestone milliseconds mimic min mind minimal minimize
    minimum minor minus minute minutes misc mislabelled mismatch miss missed missing mistake mix
    mixed mixin mkdir mock mod mode model models modern modes modification modifications
    modified modifier modifies modify modifying module modules moment money mongodb monitor
    monkey month more most mostly mouse move moved moves movie moving mozilla mtime much multi
    multiline multipart multiple music must mutable mutate mutated mutually my mypy mypyc naive
    name named namedtuple names namespace namespaces naming nan narrow native natural navigation
    near nearest necessarily necessary need needed needing needs negative neighbour neither
    nested nesting network never new newer newline newlines newly newsletter next nice nicer nil
    no node nodes non none noqa nor normal normalization normalize normalized normally not
    notation note notes nothing notice notification notify now null nullable num number numbers
    numeric nums obj object objects obsolete obtain obtained obtaining obvious occupied occur
    occurred occurrence occurrences occurs octet odd of off offer office official offline offset
    offsets often ok okay old older oldest omit omitted on once one ones online only onto op
    opaque opcode open opened opening opens operand operands operate operates operating
    operation operations operator operators opposed opposite ops opt optimization optimizations
    optimize optimized option optional optionally options opts or order ordered ordering
    ordinary organisation organization origin original originally orphaned os other others
    otherwise our ourselves out outcome outdated outer outfile outlet output outputs outside
    over overall overdrawn overdue overflow overhead overlap overlapping overload overloaded
    overloads overridden override overrides overriding overview overwrite overwritten owed own
    owned owner owns package packages packaging packed pad padding page pages paid pair pairs
    paragraph parallel param parameter parameters params parcel parent parentheses parenthesis
    parents parked parking parse parsed parser parsers parses parsing part partial partially
    particular particularly partition partner parts party pass passed passenger passes passing
    passport password past paste patch patched path pathlib pathname paths patient pattern
    patterns pause paused pay payer payload payment payout payroll peer penalty pending people
    pep peps per percent perform performance performed performing performs perhaps period
    permission permissions permit permitted persistent person pet phase phone photo pick picked
    pickle pickled pickling pickup picture pid piece pieces pip pipe place placed placeholder
    places plain plan plant plat platform platforms player playlist playlists playwright please
    plugin plugins plus podcast point pointed pointer pointing points policy poll polling pool
    pop populate populated port ported portfolio portion portions pos position positional
    positions positive posix possibility possible possibly post postage postcode posted poster
    potential potentially power practice pragma pre preceded precedence preceding precise
    precision predicate prefer preference preferred prefix prefixed prefixes premium prepare
    prepared preparing prepend prepended preprocessor prescription presence present presentation
    preserve preserved preserves preserving press pressed pretty prev prevent prevents previous
    previously price primarily primary primitive primitives print printable printed printer
    printing prints prior priority private prize probably problem problems proc procedure
    proceed process processed processes processing processor produce produced produces producing
    product production profile prog program programme programming programs progress prohibited
    project projects promise promised promotion prompt propagate propagated proper properly
    properties property proposal protect protected protection protocol protocols provide
    provided provider provides providing proxies proxy pseudo public publish published publisher
    publishing pull pulled punctuation purchase pure purely purged purpose purposes push pushed
    put putting py pygments pylint pymongo pypa pyparsing pypi pyproject pypy pyright pytest
    qualified quantity queries query queryset question queue queues quick quickly quiet quit
    quite quiz quota quote quoted quotes quoting race raced rack raise raised raises raising ran
    rand random range ranges rare rarely raster rate rated rather rating ratio raw rdata re
    reach reachable reached reaches read readable reader reading readline readonly reads ready
    real really reason reasonable reasons rebate receipt receive received receiver receives
    receiving recent recently recipe recipient recognize recognized recommended record recorded
    recording records recover recreate recurse recursion recursive recursively red redefined
    redirect redirects redistribute reduce redundant ref refer reference referenced references
    referencing referral referred referring refers reflect refresh refund refunded refuse
    regardless regex regexp region register registered registering registers registration
    registry regular reject rejected rejects related relation relations relationship
    relationships relative relatively release released releases relevant reliable reliably
    relies reload reloaded rely relying remain remainder remaining remains remember reminder
    remote removal remove removed removes removing rename renamed render renderable rendered
    renderer rendering renders renewed rent rental rented repair repeat repeated repeatedly
    replace replaced replacement replacements replaces replacing reply report reported reporting
    reports repository repr represent representation represented representing represents req
    request requested requests require required requirement requirements requires requiring res
    reservation reserved reset resets resident resize resolution resolve resolved resolver
    resolves resolving resource resources respect respective respectively respond response
    responses responsibility responsible rest restart restaurant restore restored restrict
    restricted restriction restrictions result resulting results resume retailer retain retained
    retired retried retries retrieval retrieve retrieved retrieving retry return returned
    returning returns reuse reused revenue reverse reversed reviewer revoked reward rewrite rich
    rid ride right rights risk road role rolled room root roots roster rota round rounded route
    routine routines routing row rows rtype ruff rule rules run runner running runs runtime safe
    safely safety salary sale salon same sample sanity satisfied satisfy save saved saves saving
    say says scalar scale scan scanned scanning scene schedule scheduled schema schemas scheme
    schemes school scope score screen script scripts scroll sdist sealed search searched
    searching season seat sec second secondary seconds section sections secure security see
    seealso seed seek seem seems seen sees segment segments select selected selecting selection
    selector self seller semantic semantics seminar send sender sending sends sense sensible
    sensitive sent sentinel sep separate separated separately separating separator separators
    seq sequence sequences serial serializable serialization serialize serialized serializer
    series serve served server servers service serving session sessions set sets setter setting
    settings setup setuptools several shadow shall shallow shape share shared shareholder shelf
    shell shift ship shipment shipped shop shopper short shortcut shorter shortest should
    shouldn show showing shown shows shrink shrinking shut shutdown shuttle side sides sig sign
    signal signals signature signatures signed significant signup silent silently similar
    similarly simple simpler simplest simplified simplify simply since single singleton sinh
    site sites sitter situation situations six size sizes skip skipped skipping skips slash
    slashes sleep slice slightly slot slots slow slower small smaller smallest snapshot so sock
    socket sockets soft software sold solely solution solve some somehow someone something
    sometimes somewhat somewhere song soon sort sorted sorting source sources space spaces span
    spans spatial spawn speaker spec special specialized specially specific specifically
    specification specifications specified specifier specifiers specifies specify specifying
    specs speed spent split splits splitting sponsor spurious square stable stack staff stage
    stale stall stamp standalone standard standards star start started starting starts startup
    stat state statement statements states static statically staticmethod station statistics
    stats status stay stays stderr stdin stdlib stdout step steps still stock stolen stop
    stopped stops storage store stored stores storing story straight strategies strategy stream
    streaming streams street strftime strict strictly string strings strip stripped stripping
    strong strongly strptime struct structure structures stub stubs stuck student studio stuff
    style styled styles sub subclass subclassed subclasses subclassing subdirectory subject
    submitted submodule submodules subprocess subscriber subscription subsequent subset
    substitute substring subtract subtype subtypes succeed succeeded succeeds success successful
    successfully such sufficient suffix suffixes suitable suite sum summary super superclass
    supplied supplier supply support supported supporting supports supposed suppress suppressed
    sure surrogate surrounding survey suspended swap switch switches symbol symbolic symbols
    symlink symlinks sync synchronous syntax sys system systems tab table tables tabs tag tagged
    tags tail take taken takes taking tanh target targets tariff task tasks tax taxi teacher
    team teardown technically tell tells temp template templates temporarily temporary tenant
    term terminal terminals terminate terminated terminating terminator terms territory test
    tested testing tests text textual than that the theatre their them theme themselves then
    there therefore these they thing things think third this those though thread threaded
    threading threads three threshold throttled through throw thrown throws thus ticket tied
    till time timed timedelta timeout timeouts timer times timesheet timestamp timetable
    timezone timing tip title to together token tokens too tool tools top topic toplevel total
    touch tour tournament towards trace traceback tracebacks tracing track tracking tracks trade
    traditional trailer trailing train training transaction transfer transform transformation
    transformed transforms transient transition translate translated translation translator
    transparent transport traveller traversal traverse treat treated treatment treats tree trial
    trick tricky tried tries trigger triggered triggering triggers trim trip triple trivial
    truck true truncate truncated trust trusted truth truthy try trying tuple tuples turn turned
    turns turtle tutor tutorial twice two typ type typed typename typeof types typeshed typical
    typically typing tzinfo ucs ugly un unable unary unavailable unbound unbounded unchanged
    undef undefined undelivered under underline underlying underscore underscores understand
    undo undocumented unexpected unhandled unhealthy unicode uniform union unions unique unit
    units unittest universal unix unknown unless unlike unlikely unnecessary unpack unpacked
    unpacking unpaid unquoted unreachable unrecognized unrelated unsafe unsent unset unsigned
    unsold unspecified unsupported until untyped unused unverified up update updated updates
    updating upgrade upload upon upper uppercase upstream uri url urllib urls us usable usage
    use used useful user username users uses using usr usual usually utf util utilities utility
    utils uuid vacancy vaccine val valid validate validated validating validation validator
    validators value values vanished var variable variables variadic variance variant variants
    varies various vars vary ve vector vehicle vendor venue verbose verbosity verification
    verified verify version versionadded versionchanged versions vertical very via video view
    views virtual virtualenv visa visible visit visitor void voided volunteer vote voucher wage
    wait waited waiting waits wake walk wallet want wanted wants warehouse warn warning warnings
    warranty was wasn watch way ways wcwidth we weak weakref weather web website week weight
    weird well went were what whatever wheel wheels when whenever where whereas whether which
    while white whitespace who whole whose why wide widget widgets width wiki wildcard will win
    window winner wire wish wishlist with withdrawn within without witness won word words work
    workaround worker workers workflow working works workshop world worn worth would wouldn wrap
    wrapped wrapper wrappers wrapping wraps writable write writer writes writing written wrong
    yard year years yellow yes yet yield yielded yielding yields you your zero zeros zip zipfile
    zone zones
    """.split()
)
