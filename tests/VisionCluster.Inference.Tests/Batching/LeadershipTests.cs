using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

public sealed class LeadershipTests
{
    /// <summary>Longer than any test runs: a thread that nobody wakes sleeps until the test has failed.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromMinutes(5);

    [Fact]
    public void Offer_NothingToLead_IsTakenBackByTheOneThatOffered()
    {
        var lead = new Leadership(static () => false);
        Assert.True(lead.Wait(TimeSpan.Zero));
        lead.Offer();
        Assert.False(lead.Wait(TimeSpan.Zero));
        Assert.True(lead.TakeBack());
        Assert.False(lead.TakeBack());
    }

    [Fact]
    public void Offer_SomethingToLead_GoesToTheOneThatWaits()
    {
        var lead = new Leadership(static () => true);
        Assert.True(lead.Wait(TimeSpan.Zero));
        lead.Offer();
        Assert.False(lead.TakeBack());
        Assert.True(lead.Wait(TimeSpan.Zero));
    }

    [Fact]
    public void Pass_TwiceAfterAnOffer_GivesTheLeadOnce()
    {
        var lead = new Leadership(static () => false);
        Assert.True(lead.Wait(TimeSpan.Zero));
        lead.Pass();
        Assert.False(lead.Wait(TimeSpan.Zero));
        lead.Offer();
        lead.Pass();
        lead.Pass();
        Assert.True(lead.Wait(TimeSpan.Zero));
        Assert.False(lead.Wait(TimeSpan.Zero));
    }

    [Fact(Timeout = 120_000)]
    public async Task Lead_ManyThreadsAndItemsAtOnce_HasOneLeaderAndMissesNoItem()
    {
        const int Items = 200_000;
        int waiting = 0, leaders = 0, served = 0, most = 0;
        var lead = new Leadership(() => Volatile.Read(ref waiting) > 0 || Volatile.Read(ref served) == Items);
        var workers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(Work, TaskCreationOptions.LongRunning));
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(Call, TaskCreationOptions.LongRunning));
        await Task.WhenAll([.. workers, .. callers]);
        Assert.Equal((Items, 1), (served, most));

        void Call()
        {
            for (var i = 0; i < Items / 4; i++)
            {
                Interlocked.Increment(ref waiting);
                lead.Pass();
                // Now and then all is served and every thread waits, which is when a wake can be missed.
                if (i % 64 == 0)
                {
                    SpinWait.SpinUntil(() => Volatile.Read(ref waiting) == 0);
                }
            }
        }

        void Work()
        {
            var leads = false;
            while (Volatile.Read(ref served) < Items)
            {
                if (!leads && !lead.Wait(Forever))
                {
                    continue;
                }

                most = Math.Max(most, Interlocked.Increment(ref leaders));
                var taken = Interlocked.Exchange(ref waiting, 0);
                Interlocked.Decrement(ref leaders);
                Interlocked.Add(ref served, taken);
                lead.Offer();
                leads = lead.TakeBack();
            }

            lead.Leave();
        }
    }
}
