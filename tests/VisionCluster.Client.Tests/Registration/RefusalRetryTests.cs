using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Client.Tests.Registration;

public sealed class RefusalRetryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Gateway _gateway = new();

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Call_RefusedForTheMoment_IsSentAgain(HttpStatusCode refusal)
    {
        _gateway.Answers.Enqueue(Refusal(refusal));
        _gateway.Answers.Enqueue(Refusal(refusal));

        Assert.Empty(await ListAsync());
        Assert.Equal(3, _gateway.Asked);
    }

    [Fact]
    public async Task Call_WhoseConnectionFailed_IsSentAgain()
    {
        _gateway.Answers.Enqueue(static () => throw new HttpRequestException("reset"));

        Assert.Empty(await ListAsync());
        Assert.Equal(2, _gateway.Asked);
    }

    [Fact]
    public async Task Call_WhoseConnectionDiedAtItsStart_IsSentAgain()
    {
        _gateway.Answers.Enqueue(static () => throw new SocketException((int)SocketError.NotConnected));

        Assert.Empty(await ListAsync());
        Assert.Equal(2, _gateway.Asked);
    }

    [Fact]
    public async Task Delete_WhoseConnectionFailed_IsNotSentAgain()
    {
        _gateway.Answers.Enqueue(static () => throw new HttpRequestException("reset"));

        await Assert.ThrowsAsync<VisionException>(() => AskAsync(static client => client.DeleteLabelSetAsync("words")));
        Assert.Equal(1, _gateway.Asked);
    }

    [Fact]
    public async Task Call_WhoseOwnTimeoutIsShorterThanTheWait_FailsAtOnce()
    {
        _gateway.Answers.Enqueue(Refusal(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(2)));
        var hasty = new CallOptions { Timeout = TimeSpan.FromSeconds(1) };

        await Assert.ThrowsAsync<VisionException>(() => AskAsync(client => client.SearchAsync(new SearchRequest { Text = "a dog" }, hasty)));
        Assert.Equal(1, _gateway.Asked);
    }

    [Fact]
    public async Task Call_ToldWhenToComeBack_WaitsSoLong()
    {
        _gateway.Answers.Enqueue(Refusal(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(3)));
        var started = _time.GetTimestamp();

        await ListAsync();

        Assert.True(_time.GetElapsedTime(started) >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Call_ToldToComeBackMuchLater_FailsAtOnce()
    {
        _gateway.Answers.Enqueue(Refusal(HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(1)));

        var error = await Assert.ThrowsAsync<VisionException>(() => ListAsync());

        Assert.Equal(TimeSpan.FromMinutes(1), error.RetryAfter);
        Assert.Equal(1, _gateway.Asked);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    public async Task Call_RefusedForGood_IsNotSentAgain(HttpStatusCode refusal)
    {
        _gateway.Answers.Enqueue(Refusal(refusal));

        await Assert.ThrowsAsync<VisionException>(() => ListAsync());
        Assert.Equal(1, _gateway.Asked);
    }

    [Fact]
    public async Task Call_RefusedForEver_EndsAfterTheRetries()
    {
        for (var i = 0; i < 10; i++)
        {
            _gateway.Answers.Enqueue(Refusal(HttpStatusCode.ServiceUnavailable));
        }

        await Assert.ThrowsAsync<VisionException>(() => ListAsync(retries: 4));
        Assert.Equal(5, _gateway.Asked);
    }

    [Fact]
    public async Task Call_WithoutRetries_IsSentOnce()
    {
        _gateway.Answers.Enqueue(Refusal(HttpStatusCode.ServiceUnavailable));

        await Assert.ThrowsAsync<VisionException>(() => ListAsync(retries: 0));
        Assert.Equal(1, _gateway.Asked);
    }

    private static Func<HttpResponseMessage> Refusal(HttpStatusCode status, TimeSpan? retryAfter = null) => () =>
    {
        var answer = new HttpResponseMessage(status);
        answer.Headers.RetryAfter = retryAfter is { } delay ? new(delay) : null;
        return answer;
    };

    private async Task<IReadOnlyList<object>> ListAsync(int retries = 2)
    {
        IReadOnlyList<object> models = [];
        await AskAsync(async client => models = [.. await client.ListModelsAsync()], retries);
        return models;
    }

    private async Task AskAsync(Func<IVisionClient, Task> ask, int retries = 2)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time);
        services.AddVisionClusterClient(new Uri("http://vision"), options => options.MaxRetries = retries)
            .ConfigurePrimaryHttpMessageHandler(() => _gateway);
        await using var provider = services.BuildServiceProvider();
        var call = ask(provider.GetRequiredService<IVisionClient>());
        while (!call.IsCompleted)
        {
            await Task.Yield();
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        await call;
    }

    /// <summary>Gives the answers it was told to, then an empty list of models.</summary>
    private sealed class Gateway : HttpMessageHandler
    {
        public Queue<Func<HttpResponseMessage>> Answers { get; } = new();

        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            var answer = Answers.TryDequeue(out var next) ? next() : new HttpResponseMessage { Content = new StringContent("[]") };
            answer.RequestMessage = request;
            return Task.FromResult(answer);
        }
    }
}
