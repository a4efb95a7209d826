using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Authentication;

/// <summary>A server that lets in tokens of one issuer, signed with one key.</summary>
public sealed class JwtTests : IAsyncLifetime
{
    private readonly RSA _signer = RSA.Create(2048);
    private VisionTestServer? _server;

    private VisionTestServer Server => _server!;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        null,
        "Vision:Models:Load:0=starter-sam",
        "Vision:Authentication:Jwt:Audience=vision", "Vision:Authentication:Jwt:Issuer=https://issuer.example",
        $"Vision:Authentication:Jwt:PublicKeys:0={_signer.ExportSubjectPublicKeyInfoPem()}");

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _signer.Dispose();
    }

    [Fact]
    public async Task AnyCall_WithATenantsToken_IsMadeForThatTenant()
    {
        using var red = Client(Token("red"));
        using var blue = Client(Token("blue"));
        var id = await red.UploadSampleAsync();
        await red.GetAsync($"/v1/images/{id}").ExpectAsync(HttpStatusCode.OK);
        await blue.GetAsync($"/v1/images/{id}").ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
        await red.GetAsync("/v1/cluster").ExpectProblemAsync(HttpStatusCode.Forbidden, "Forbidden");
        using var operators = Client(Token("red", role: "visioncluster-operator"));
        await operators.GetAsync("/v1/cluster").ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnyCall_WithoutATokenThatIsGood_IsUnauthenticated()
    {
        using var other = RSA.Create(2048);
        string[] bad =
        [
            Token("red", by: other),
            Token("red", issuer: "https://other.example"),
            Token("red", audience: "other"),
            Token("red", expires: DateTime.UnixEpoch.AddYears(1)),
            Token(null),
            Token("no tenant"),
            Unsigned(),
            "a.b.c",
            "key",
        ];
        await Server.Http.GetAsync("/v1/models").ExpectProblemAsync(HttpStatusCode.Unauthorized, "Unauthenticated");
        foreach (var token in bad)
        {
            using var caller = Client(token);
            await caller.GetAsync("/v1/models").ExpectProblemAsync(HttpStatusCode.Unauthorized, "Unauthenticated");
        }
    }

    private static string Unsigned() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "https://issuer.example", Audience = "vision", Claims = new Dictionary<string, object> { ["tenant"] = "red" },
    });

    private string Token(
        string? tenant,
        string? role = null,
        RSA? by = null,
        string issuer = "https://issuer.example",
        string audience = "vision",
        DateTime? expires = null)
    {
        var claims = new Dictionary<string, object>();
        if (tenant is not null)
        {
            claims["tenant"] = tenant;
        }

        if (role is not null)
        {
            claims["roles"] = new[] { "other", role };
        }

        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = claims,
            NotBefore = DateTime.UnixEpoch,
            Expires = expires ?? TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(by ?? _signer), SecurityAlgorithms.RsaSha256),
        });
    }

    private HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = Server.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }
}
