using System.Net;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Grains.Placement;

namespace VisionCluster.Grains.Tests.Placement;

public sealed class DeviceLoadsTests
{
    private static readonly SiloAddress Silo = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1000), 1);

    private readonly DeviceLoads _loads = new();

    [Fact]
    public void TakesWork_UnknownSilo_IsGivenTheBenefitOfTheDoubt()
    {
        Assert.True(_loads.TakesWork(Silo));
        Assert.Equal(0, _loads.QueueSecondsOf(Silo));
    }

    [Theory]
    [InlineData(DeviceState.Ready, true)]
    [InlineData(DeviceState.Quarantined, false)]
    [InlineData(DeviceState.Draining, false)]
    [InlineData(DeviceState.Starting, false)]
    public void TakesWork_KnownSilo_DependsOnItsDevices(DeviceState state, bool expected)
    {
        _loads.Update([Device("cpu0", state, 1)]);
        Assert.Equal(expected, _loads.TakesWork(Silo));
    }

    [Fact]
    public void QueueSeconds_SeveralDevices_IsThatOfTheLeastLoadedThatTakesWork()
    {
        _loads.Update([Device("cuda0", DeviceState.Ready, 3), Device("cuda1", DeviceState.Ready, 2), Device("cuda2", DeviceState.Quarantined, 0)]);
        Assert.Equal(2, _loads.QueueSecondsOf(Silo), 0.01);
    }

    private static DeviceStatus Device(string name, DeviceState state, double queueSeconds) => new()
    {
        Host = new ModelHostKey(Silo.ToParsableString(), name).ToString(),
        State = state,
        Models = [],
        Queued = 0,
        QueueSeconds = queueSeconds,
        BusyFraction = 0,
        EmbeddingBytes = 0,
        BudgetBytes = 0,
        ImagesEncoded = 0,
    };
}
