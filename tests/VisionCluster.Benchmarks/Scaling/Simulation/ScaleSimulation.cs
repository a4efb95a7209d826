using VisionCluster.Grains.Placement;

namespace VisionCluster.Benchmarks.Scaling.Simulation;

/// <summary>
/// People open images, click ten times with pauses to think, and go. Sessions are placed by the code that places them,
/// on loads that are a second old; queues form batches by the code that forms them. What is simulated is time: of runs,
/// of the network, of noticing a dead silo.
/// </summary>
internal sealed class ScaleSimulation
{
    /// <summary>Sessions a second that an encoder can take: four in 100 ms.</summary>
    public const double SessionsPerDevice = 40;

    public const int Clicks = 10;
    public const long Second = 1_000_000;

    private const long Think = 2 * Second;
    private const long Network = 300;

    private readonly EventLoop _loop = new();
    private readonly Random _random = new(20261124);
    private readonly SimulatedSilo[] _silos;
    private SimulatedSilo[] _alive;

    public ScaleSimulation(int devices) => _alive = _silos =
    [
        .. Enumerable.Range(0, devices).Select(_ => new SimulatedSilo(
            new SimulatedGraph(_loop, 4, 20_000, 20_000), new SimulatedGraph(_loop, 8, 4_000, 200))),
    ];

    public Latencies First { get; } = new();

    public Latencies Following { get; } = new();

    public int Reencoded { get; private set; }

    /// <summary>Busiest encoder over the mean one.</summary>
    public double Imbalance => _silos.Max(silo => silo.Encoder.BusyMicroseconds) / _silos.Average(silo => (double)silo.Encoder.BusyMicroseconds);

    /// <param name="load">Share of the encoders' time that is asked for.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="deathAt">When silo 0 dies; negative: never.</param>
    /// <param name="noticedAfter">Seconds until everybody knows.</param>
    public void Run(double load, int seconds, int deathAt = -1, double noticedAfter = 1.5)
    {
        var between = Second / (load * SessionsPerDevice * _silos.Length);
        Arrive(between);
        Report();
        if (deathAt >= 0)
        {
            _loop.At(deathAt * Second, _silos[0].Die);
            _loop.At((deathAt * Second) + (long)(noticedAfter * Second), () => _alive = _silos[1..]);
        }

        _loop.RunUntil(seconds * Second);
    }

    private void Arrive(double between) => _loop.After((long)(-Math.Log(1 - _random.NextDouble()) * between), () =>
    {
        Click(new Person(), _loop.Now);
        Arrive(between);
    });

    private void Report() => _loop.After(Second, () =>
    {
        Array.ForEach(_silos, static silo => silo.Publish());
        Report();
    });

    private void Click(Person person, long clickedAt)
    {
        if (person.Silo is { IsDead: true } dead && _alive.Contains(dead))
        {
            // Not noticed yet: the call waits for the verdict, then is made again.
            _loop.After(Second / 10, () => Click(person, clickedAt));
            return;
        }

        if (person.Silo is null || person.Silo.IsDead)
        {
            Reencoded += person.Silo is null ? 0 : 1;
            person.Silo = TwoChoices.Choose(_alive, static silo => silo.PublishedSeconds, _random);
            person.IsWarm = false;
        }

        var silo = person.Silo;
        person.Waits = true;
        _loop.After(Network, person.IsWarm ? Decode : () => silo.Encoder.Add(Decode));
        Watch(person, silo, clickedAt);

        void Decode() => silo.Decoder.Add(() => _loop.After(Network, () => Answer(person, clickedAt)));
    }

    /// <summary>A call to a silo that dies meanwhile is made again when that is noticed.</summary>
    private void Watch(Person person, SimulatedSilo silo, long clickedAt)
    {
        if (silo == _silos[0])
        {
            _loop.After(Second / 10, () =>
            {
                if (person.Waits && silo.IsDead)
                {
                    Click(person, clickedAt);
                }
                else if (person.Waits)
                {
                    Watch(person, silo, clickedAt);
                }
            });
        }
    }

    private void Answer(Person person, long clickedAt)
    {
        person.Waits = false;
        (person.Clicked == 0 ? First : Following).Add(clickedAt, _loop.Now);
        person.IsWarm = true;
        if (++person.Clicked < Clicks)
        {
            _loop.After((long)(-Math.Log(1 - _random.NextDouble()) * Think), () => Click(person, _loop.Now));
        }
    }

    private sealed class Person
    {
        public SimulatedSilo? Silo { get; set; }

        public bool IsWarm { get; set; }

        public bool Waits { get; set; }

        public int Clicked { get; set; }
    }
}
